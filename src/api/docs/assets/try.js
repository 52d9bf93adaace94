// The form to sign in with, and the forms to try operations with. `base.js` stands before this text.

/** A problem in words. */
function told(answer) {
  const problem = parsed(answer.text);
  const fields = (problem?.errors ?? []).map((error) => `${error.pointer} ${error.message}`);
  const wait = answer.headers.get('retry-after');
  return [problem?.title ?? `Status ${answer.status}`, problem?.detail, ...fields, wait && `Try again in ${wait} seconds`].filter(Boolean).join('. ') + '.';
}

// --- Signing in and out ---------------------------------------------------------------------------------------------

const panel = one('.sign-in');
const signInForm = one('#sign-in');
const says = one('#sign-in-says');

function show(user) {
  signInForm.hidden = Boolean(user);
  one('#signed-in').hidden = !user;
  one('#who').textContent = user ? `${user.display_name ?? user.username} (${user.role})` : '';
}

function forget(reason) {
  Object.assign(page, { token: null, refresh: null });
  page.etags.clear();
  // What was read with the session does not stay on the screen of a shared computer.
  all('.result a[download]').forEach((link) => URL.revokeObjectURL(link.href));
  all('.result img').forEach((image) => URL.revokeObjectURL(image.src));
  all('.result').forEach((result) => result.replaceChildren());
  show(null);
  says.textContent = reason;
}

signInForm.addEventListener('submit', (event) => busy(event, async () => {
  page.token = null;
  const answer = await sendJson('/v1/auth/login', typed(signInForm));
  signInForm.elements.code.value = '';
  if (!answer.ok) {
    says.textContent = told(answer);
    if (parsed(answer.text)?.code === 'second_factor_required') signInForm.elements.code.focus();
    return;
  }
  const tokens = parsed(answer.text);
  Object.assign(page, { token: tokens.access_token, refresh: tokens.refresh_token });
  signInForm.elements.password.value = '';
  const first = [
    tokens.must_change_password && 'The password must be changed first.',
    tokens.must_enrol_second_factor && 'A second factor must be set up first.',
    tokens.must_accept_code_of_conduct && 'The code of conduct must be accepted first.',
  ].filter(Boolean);
  const user = await send('GET', '/v1/me');
  show(user.ok ? parsed(user.text) : { display_name: signInForm.elements.username.value, role: 'signed in' });
  says.textContent = first.length ? `${first.join(' ')} ` : '';
  if (first.length) says.append(element('a', 'Do it on the page First sign-in', { href: '/setup' }));
  one('#sign-out').focus();
}));

one('#sign-out').addEventListener('click', async () => {
  const ended = await send('POST', '/v1/auth/logout').catch(() => null);
  forget(ended?.ok ? 'You are signed out.' : 'The token is deleted here, but the server could not be told.');
  signInForm.elements.username.focus();
});

/** A new access token for the one that expired. Two forms that ask at once get the same one: a refresh token works once. */
function refresh() {
  page.refreshing ??= (async () => {
    const answer = await sendJson('/v1/auth/refresh', { refresh_token: page.refresh });
    const tokens = answer.ok ? parsed(answer.text) : null;
    if (tokens) Object.assign(page, { token: tokens.access_token, refresh: tokens.refresh_token });
    else forget('Your session has ended. Sign in again.');
    return Boolean(tokens);
  })().finally(() => { page.refreshing = null; });
  return page.refreshing;
}

/** Asks for the password once more. Settles with whether it was right. */
function stepUp() {
  const dialog = one('#step-up');
  const form = one('form', dialog);
  form.reset();
  one('[role=status]', dialog).textContent = '';
  dialog.showModal();
  return new Promise((settle) => {
    const done = (proved) => { form.reset(); dialog.close(); form.onsubmit = null; settle(proved); };
    form.onsubmit = (event) => busy(event, async () => {
      const answer = await sendJson('/v1/auth/step-up', typed(form));
      if (answer.ok) done(true);
      else one('[role=status]', dialog).textContent = told(answer);
    });
    one('[value=cancel]', dialog).onclick = () => done(false);
    dialog.oncancel = () => done(false);
  });
}

// --- Trying an operation --------------------------------------------------------------------------------------------

/** Runs what a form is sent for, with its buttons out of use meanwhile. */
async function busy(event, work) {
  event.preventDefault();
  const buttons = all('button', event.target);
  buttons.forEach((button) => { button.disabled = true; });
  try {
    await work();
  } catch {
    (one('[role=status]', event.target) ?? says).textContent = 'The server cannot be reached.';
  } finally {
    buttons.forEach((button) => { button.disabled = false; });
  }
}

/** The request that a form describes. */
function request(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  const headers = {};
  for (const field of all('[data-in]', form)) {
    const value = field.value.trim();
    if (field.dataset.in === 'path') path = path.replace(`{${field.name}}`, encodeURIComponent(value));
    else if (value && field.dataset.in === 'query') query.append(field.name, value);
    else if (value) headers[field.name] = value;
  }
  const body = form.elements.namedItem('body');
  if (body) headers['Content-Type'] = body.dataset.type;
  return { method: form.dataset.method, path: query.size ? `${path}?${query}` : path, headers, body: body?.files ? body.files[0] : body?.value };
}

/** The same as a command, with the token as a variable. */
function command({ method, path, headers, body }) {
  const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
  const lines = [`curl -X ${method} ${quoted(location.origin + path)}`];
  if (page.token) lines.push('-H "Authorization: Bearer $TOKEN"');
  for (const [name, value] of Object.entries(headers)) lines.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body instanceof File) lines.push(`--data-binary @${quoted(body.name)}`);
  else if (body !== undefined) lines.push(`-d ${quoted(body)}`);
  return lines.join(' \\\n  ');
}

/** Sends, and where the answer asks for it gets a new token or a proof first. */
async function attempt(made) {
  const go = () => send(made.method, made.path, made.headers, made.body);
  let answer = await go();
  if (parsed(answer.text)?.code === 'unauthenticated' && page.refresh && await refresh()) answer = await go();
  if (parsed(answer.text)?.code === 'insufficient_user_authentication' && await stepUp()) answer = await go();
  return answer;
}

function present(form, made, answer) {
  const problem = answer.ok ? null : parsed(answer.text);
  const line = one('.says', form);
  line.textContent = answer.ok ? `Status ${answer.status}.` : `Status ${answer.status}. ${told(answer)} `;
  line.classList.toggle('failed', !answer.ok);
  if (problem?.type) line.append(element('a', 'What this means', { href: problem.type }));
  const json = parsed(answer.text);
  const shown = (label, text) => {
    const block = element('pre', '', { tabindex: '0', role: 'region', 'aria-label': label });
    block.append(element('code', text));
    return block;
  };
  const more = (label, text) => {
    const part = element('details');
    part.append(element('summary', label), shown(label, text));
    return part;
  };
  const headers = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
  // A QR code is there to be scanned: the text of its image helps nobody.
  const code = json?.qr_svg ? [element('img', '', { src: imageOf(json.qr_svg), alt: 'QR code for an authenticator app', class: 'qr' })] : [];
  if (code.length) json.qr_svg = '… (the image above)';
  const body = json === null ? answer.text : JSON.stringify(json, null, 2);
  const saved = answer.file ? [element('a', `Save the file (${answer.file.size} bytes)`, { href: URL.createObjectURL(answer.file), download: 'attachment' })] : [];
  one('.result', form).replaceChildren(...code, ...saved, ...(body ? [shown('Body of the answer', body)] : []), more('Headers of the answer', headers), more('The request as a command', command(made)));
}

/** Brings a form to life. */
function prepare(form) {
  form.hidden = false;
  const key = all('[name="Idempotency-Key"]', form)[0];
  if (key) key.value = crypto.randomUUID?.() ?? '';
  const version = all('[name="If-Match"]', form)[0];
  if (version) Object.assign(version, { required: false, placeholder: 'filled in once you have read it here' });
  form.addEventListener('submit', (event) => busy(event, async () => {
    one('.says', form).textContent = '';
    const address = request(form).path.split('?')[0];
    // The version that was read on this page, of the thing itself or of what the step is about, unless another one was typed.
    if (version && !version.value) version.value = page.etags.get(address) ?? page.etags.get(address.replace(/\/[^/]+$/, '')) ?? '';
    const made = request(form);
    const answer = await attempt(made);
    if (answer.ok && answer.headers.has('etag')) page.etags.set(address, answer.headers.get('etag'));
    present(form, made, answer);
    // It is spent: the next change is based on the new one.
    if (version && answer.ok) version.value = '';
  }));
}

// --- The list of operations -----------------------------------------------------------------------------------------

/** Shows the page of an operation below its line, once it is opened. */
async function open(entry) {
  if (!entry.open || entry.dataset.state) return;
  entry.dataset.state = 'loading';
  try {
    const answer = await fetch(entry.dataset.page, { credentials: 'omit' });
    if (!answer.ok) throw new Error();
    const article = one('article', new DOMParser().parseFromString(await answer.text(), 'text/html'));
    entry.append(article);
    all('form.try', article).forEach(prepare);
  } catch {
    delete entry.dataset.state;
  }
}

/** How well an operation fits what is looked for: 0 is best, null not at all. What it is called counts more than where it is. */
function fit(entry, words) {
  const whole = one('summary', entry).textContent.toLowerCase();
  if (!words.every((word) => whole.includes(word))) return null;
  const name = `${one('.summary', entry).textContent.toLowerCase()} ${entry.id.replaceAll('_', ' ')}`.split(/[^\p{L}\p{N}]+/u);
  if (entry.id === words.join('_')) return 0;
  if (words.every((word) => name.includes(word))) return 1;
  return words.every((word) => name.some((part) => part.startsWith(word))) ? 2 : 3;
}

/** Puts elements into an order, and those that fit equally well into the order that the page had. */
function arrange(parent, entries, rank) {
  parent.append(...[...entries].sort((a, b) => rank(a) - rank(b)));
}

const groups = all('details.tag').map((group) => ({ group, entries: all('details.operation', group) }));

/** Shows only the operations whose line contains all words, the best first. */
function find(words) {
  const ranks = new Map();
  let found = 0;
  for (const { group, entries } of groups) {
    for (const entry of entries) {
      const rank = words.length ? fit(entry, words) : 0;
      ranks.set(entry, rank ?? 9);
      entry.hidden = rank === null;
      found += entry.hidden ? 0 : 1;
    }
    arrange(group, entries, (entry) => ranks.get(entry));
    ranks.set(group, Math.min(...entries.map((entry) => ranks.get(entry))));
    group.hidden = entries.every((entry) => entry.hidden);
    group.open = words.length > 0 && !group.hidden;
  }
  arrange(one('#operations'), groups.map(({ group }) => group), (group) => ranks.get(group));
  one('#found').textContent = words.length ? `${found} found${found > 1 ? ', the best first' : ''}.` : '';
}

/** Opens what the end of the address names. */
function reveal() {
  const wanted = location.hash ? document.getElementById(location.hash.slice(1)) : null;
  if (!wanted?.matches('details.operation, details.tag')) return;
  for (const part of [wanted.closest('details.tag'), wanted]) Object.assign(part, { open: true, hidden: false });
  wanted.scrollIntoView();
}

panel.hidden = false;
all('form.try').forEach(prepare);
all('details.operation').forEach((entry) => entry.addEventListener('toggle', () => open(entry)));
const search = one('#find');
if (search) {
  search.parentElement.hidden = false;
  search.addEventListener('input', () => find(search.value.toLowerCase().split(/\s+/).filter(Boolean)));
  addEventListener('hashchange', reveal);
  // A second click on the same group changes no address.
  all('nav.side a').forEach((link) => link.addEventListener('click', () => setTimeout(reveal)));
  reveal();
}

// The form to sign in with, and the forms to try operations with.
// Tokens live in the memory of this page alone: nothing is written to a store, a cookie or an address.

const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const page = { token: null, refresh: null, refreshing: null, etags: new Map() };

/** Makes an element with text, which is never taken for HTML. */
function element(name, text = '', attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

const FILE = 'application/octet-stream';

/** Sends to this server. Gives the status, the headers and the body: as text, or as a file. */
async function send(method, path, headers = {}, body = undefined) {
  if (page.token) headers = { ...headers, Authorization: `Bearer ${page.token}` };
  const answer = await fetch(path, { method, headers, body, credentials: 'omit', cache: 'no-store', redirect: 'error' });
  const file = answer.headers.get('Content-Type') === FILE ? await answer.blob() : null;
  return { status: answer.status, ok: answer.ok, headers: answer.headers, file, text: file ? '' : await answer.text() };
}

const sendJson = (path, value) => send('POST', path, { 'Content-Type': 'application/json' }, JSON.stringify(value));

function parsed(text) {
  try { return JSON.parse(text); } catch { return null; }
}

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

/** What is typed into a form, without what is left empty. */
const typed = (form) => Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ''));

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
    tokens.must_change_password && 'The password must be changed first',
    tokens.must_enrol_second_factor && 'A second factor must be set up first',
    tokens.must_accept_code_of_conduct && 'The code of conduct must be accepted first',
  ].filter(Boolean);
  const user = await send('GET', '/v1/me');
  show(user.ok ? parsed(user.text) : { display_name: signInForm.elements.username.value, role: 'signed in' });
  says.textContent = first.length ? `${first.join('. ')}.` : '';
  one('#sign-out').focus();
}));

one('#sign-out').addEventListener('click', async () => {
  const ended = await send('POST', '/v1/auth/logout').catch(() => null);
  forget(ended?.ok ? 'You are signed out.' : 'The token is forgotten here; the server could not be told.');
  signInForm.elements.username.focus();
});

/** A new access token for the one that expired. Two forms that ask at once get the same one: a refresh token works once. */
function refresh() {
  page.refreshing ??= (async () => {
    const answer = await sendJson('/v1/auth/refresh', { refresh_token: page.refresh });
    const tokens = answer.ok ? parsed(answer.text) : null;
    if (tokens) Object.assign(page, { token: tokens.access_token, refresh: tokens.refresh_token });
    else forget('Your session is over. Sign in again.');
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
  const body = json === null ? answer.text : JSON.stringify(json, null, 2);
  const saved = answer.file ? [element('a', `Save the file (${answer.file.size} bytes)`, { href: URL.createObjectURL(answer.file), download: 'attachment' })] : [];
  one('.result', form).replaceChildren(...saved, ...(body ? [shown('Body of the answer', body)] : []), more('Headers of the answer', headers), more('The request as a command', command(made)));
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

/** Shows only the operations whose line contains all words. */
function find(words) {
  let found = 0;
  for (const group of all('details.tag')) {
    let inside = 0;
    for (const entry of all('details.operation', group)) {
      const line = one('summary', entry).textContent.toLowerCase();
      entry.hidden = !words.every((word) => line.includes(word));
      inside += entry.hidden ? 0 : 1;
    }
    group.hidden = inside === 0;
    group.open = words.length > 0 && inside > 0;
    found += inside;
  }
  one('#found').textContent = words.length ? `${found} found.` : '';
}

panel.hidden = false;
all('form.try').forEach(prepare);
all('details.operation').forEach((entry) => entry.addEventListener('toggle', () => open(entry)));
const search = one('#find');
if (search) {
  search.parentElement.hidden = false;
  search.addEventListener('input', () => find(search.value.toLowerCase().split(/\s+/).filter(Boolean)));
  const wanted = location.hash ? document.getElementById(location.hash.slice(1)) : null;
  if (wanted?.matches('details.operation')) {
    wanted.closest('details.tag').open = true;
    wanted.open = true;
    wanted.scrollIntoView();
  }
}

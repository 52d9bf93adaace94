// The first sign-in: one-time code, password, second factor, recovery codes, code of conduct. `base.js` stands before this text.

/** Who is being set up: their account, what is asked of them, and what they put off. */
const user = { me: null, mustEnrol: false, hasSkipped: false, conduct: null };

const again = 'Press the button again: nothing that you typed is lost.';

/** What to do about a problem, by its code. Everything else is told in the words of the server. */
const ADVICE = {
  invalid_reset_code: 'The username or the one-time code is wrong, or the code has expired. Compare both with what you were given. A code works once, for one day: if yours is older, ask your administrator for a new one.',
  invalid_credentials: 'The username or the password is wrong. Type both again. If you have forgotten the password, ask your administrator for a one-time code.',
  second_factor_required: 'Type the six digits that your authenticator app shows now, or one of your recovery codes.',
  invalid_second_factor: 'The code is wrong, or it has been used. Wait for the next one, and type it in. If you have lost the phone, use a recovery code.',
  insufficient_user_authentication: `Your password is needed for this step. ${again}`,
  wrong_code: 'That is not the code that the app shows now. Make sure that the phone sets its clock automatically, wait for the next code, and type it in.',
  not_current: 'The code of conduct has changed in the meantime. This is the new text: read it, and accept it.',
};

/** What a field is called here, by its place in the body. */
const FIELDS = { '/username': 'The username', '/reset_code': 'The one-time code', '/new_password': 'The new password', '/password': 'The password', '/code': 'The code' };

const codeOf = (answer) => parsed(answer.text)?.code;

/** A problem in words, with what to do about it. */
function told(answer) {
  const problem = parsed(answer.text);
  const wait = answer.headers.get('retry-after');
  if (answer.status === 429) return `There were too many attempts. Wait ${wait ?? 60} seconds, then press the button again.`;
  if (!problem || answer.status >= 500) {
    const number = problem?.instance ? ` If it happens again, give your administrator this number: ${problem.instance}` : '';
    return `Something went wrong on the server. Wait a moment, then press the button again.${number}`;
  }
  const field = problem.errors?.find((error) => ADVICE[error.code]);
  if (field) return ADVICE[field.code];
  if (problem.errors?.length) return problem.errors.map((error) => `${FIELDS[error.pointer] ?? error.pointer} ${error.message}.`).join(' ');
  return ADVICE[problem.code] ?? `${problem.title}. ${problem.detail ?? ''}`;
}

/** Goes to a step. Its heading takes the focus, so that a screen reader says where one is. */
function go(id, message = '') {
  show(id, message);
  one(`#${id}-title`).focus();
}

function show(id, message = '') {
  all('section.step').forEach((step) => { step.hidden = step.id !== id; });
  const steps = all('#steps li');
  const at = Math.max(steps.findIndex((step) => step.dataset.step === id), 0);
  steps.forEach((step, index) => {
    step.classList.toggle('past', index < at);
    if (index === at) step.setAttribute('aria-current', 'step');
    else step.removeAttribute('aria-current');
  });
  const line = one(`#${id} .says`);
  if (line) line.textContent = message;
}

/** Says something where it is seen, also on a small screen. */
function tell(line, text) {
  line.textContent = text;
  line.scrollIntoView({ block: 'nearest' });
}

/** Runs what a form is sent for, with its buttons out of use meanwhile. */
function onSubmit(form, work) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const buttons = all('button', form);
    const says = one('.says', form);
    says.textContent = '';
    buttons.forEach((button) => { button.disabled = true; });
    try {
      await work(form, (text) => tell(says, text));
    } catch {
      tell(says, `The server cannot be reached. Check your connection. ${again}`);
    } finally {
      buttons.forEach((button) => { button.disabled = false; });
    }
  });
}

// --- Speaking with the server ---------------------------------------------------------------------------------------

function hold(tokens) {
  Object.assign(page, { token: tokens.access_token, refresh: tokens.refresh_token });
}

/** A new access token for the one that expired after ten minutes. */
async function refresh() {
  const token = page.refresh;
  Object.assign(page, { token: null, refresh: null });
  const answer = await sendJson('/v1/auth/refresh', { refresh_token: token });
  if (answer.ok) hold(parsed(answer.text));
  else go('sign-in', 'You were signed out because too much time has passed. Sign in to continue where you stopped.');
  return answer.ok;
}

/** Asks for the password once more. Settles with whether it was right. */
function prove() {
  const dialog = one('#proof');
  const form = one('form', dialog);
  form.reset();
  dialog.showModal();
  return new Promise((settle) => {
    const done = (isProved) => { form.reset(); dialog.close(); settle(isProved); };
    form.onsubmit = async (event) => {
      event.preventDefault();
      const answer = await sendJson('/v1/auth/step-up', typed(form)).catch(() => null);
      if (answer?.ok) done(true);
      else one('.says', dialog).textContent = answer ? told(answer) : `The server cannot be reached. ${again}`;
    };
    one('[value=cancel]', dialog).onclick = () => done(false);
    dialog.oncancel = () => done(false);
  });
}

/** Sends as the user; gets a new token or a proof first where the answer asks for it. */
async function call(method, path, value) {
  const attempt = () => (value === undefined ? send(method, path) : sendJson(path, value));
  let answer = await attempt();
  if (codeOf(answer) === 'unauthenticated' && page.refresh && await refresh()) answer = await attempt();
  if (codeOf(answer) === 'insufficient_user_authentication' && await prove()) answer = await attempt();
  return answer;
}

// --- The steps ------------------------------------------------------------------------------------------------------

const passwordForm = one('#password form');
const signInForm = one('#sign-in form');

/** Signs in. Tells what stands in the way, if anything does. */
async function signIn(credentials) {
  page.token = null;
  const answer = await sendJson('/v1/auth/login', credentials);
  if (!answer.ok) return answer;
  const tokens = parsed(answer.text);
  hold(tokens);
  user.mustEnrol = tokens.must_enrol_second_factor;
  [passwordForm, signInForm].forEach((form) => form.reset());
  await next();
  return null;
}

/** Goes to the first thing that is missing. */
async function next() {
  const answer = await call('GET', '/v1/me');
  if (!answer.ok) return page.token ? go('sign-in', told(answer)) : undefined;
  user.me = parsed(answer.text);
  if (!user.me.second_factor_since && !user.hasSkipped) return beginFactor();
  return user.me.code_of_conduct_accepted_at ? finish() : readConduct();
}

onSubmit(passwordForm, async (form, say) => {
  const { username = '', reset_code = '', new_password, repeated } = typed(form);
  if (new_password !== repeated) {
    form.elements.repeated.focus();
    return say('The two passwords are not the same. Type the new password again in both fields.');
  }
  const account = username.trim();
  const answer = await sendJson('/v1/auth/password-reset', { username: account, reset_code: reset_code.trim(), new_password });
  if (!answer.ok) {
    if (answer.text.includes('"/new_password"')) form.elements.new_password.focus();
    return say(told(answer));
  }
  const refused = await signIn({ username: account, password: new_password });
  if (!refused) return undefined;
  form.reset();
  signInForm.elements.username.value = account;
  signInForm.elements.password.value = new_password;
  askForCode(refused);
  return go('sign-in', `Your password is set. ${told(refused)}`);
});

/** Shows the field for the code of a second factor, to an account that has one. */
function askForCode(refused) {
  if (codeOf(refused) === 'second_factor_required') signInForm.elements.code.parentElement.hidden = false;
}

onSubmit(signInForm, async (form, say) => {
  const { username = '', ...rest } = typed(form);
  const refused = await signIn({ username: username.trim(), ...rest });
  if (!refused) return;
  askForCode(refused);
  form.elements.code.value = '';
  if (codeOf(refused) === 'second_factor_required') form.elements.code.focus();
  say(told(refused));
});

async function beginFactor(message = '') {
  const answer = await call('POST', '/v1/auth/second-factor');
  if (!answer.ok) return page.token ? go('factor', told(answer)) : undefined;
  const { qr_svg: svg, secret, otpauth_uri: address } = parsed(answer.text);
  forgetFactor();
  one('#qr').src = imageOf(svg);
  one('#secret').textContent = secret.match(/.{1,4}/g).join(' ');
  one('#otpauth').href = address;
  one('#skip').hidden = user.mustEnrol;
  return go('factor', message);
}

function forgetFactor() {
  if (one('#qr').src) URL.revokeObjectURL(one('#qr').src);
  one('#qr').removeAttribute('src');
  one('#otpauth').removeAttribute('href');
  one('#secret').textContent = '';
  one('#factor form').reset();
}

onSubmit(one('#factor form'), async (form, say) => {
  const answer = await call('POST', '/v1/auth/second-factor/confirm', typed(form));
  if (codeOf(answer) === 'conflict') return beginFactor('More than an hour has passed. Scan the new code, and type in the digits that the app shows for it.');
  if (!answer.ok) {
    form.elements.code.select();
    return page.token ? say(told(answer)) : undefined;
  }
  forgetFactor();
  one('#codes').replaceChildren(...parsed(answer.text).recovery_codes.map((code) => {
    const line = element('li');
    line.append(element('code', code));
    return line;
  }));
  return go('recovery');
});

one('#skip').addEventListener('click', () => {
  user.hasSkipped = true;
  forgetFactor();
  next().catch(() => go('factor', `The server cannot be reached. ${again}`));
});

one('#print').addEventListener('click', () => print());
one('#copy').hidden = !navigator.clipboard;
one('#copy').addEventListener('click', async () => {
  const codes = all('#codes li').map((line) => line.textContent).join('\n');
  const isCopied = await navigator.clipboard.writeText(codes).then(() => true, () => false);
  one('#copied').textContent = isCopied ? 'Copied. Paste them into your password manager.' : 'The browser does not allow copying. Print the codes or write them down.';
});

onSubmit(one('#recovery form'), async (form) => {
  await next();
  form.reset();
  one('#codes').replaceChildren();
  one('#copied').textContent = '';
});

async function readConduct(message = '') {
  const answer = await call('GET', '/v1/code-of-conduct');
  if (!answer.ok) return page.token ? go('conduct', told(answer)) : undefined;
  user.conduct = parsed(answer.text);
  one('#conduct form').reset();
  one('#conduct-text').replaceChildren(...user.conduct.text.split(/\n\s*\n/).map((paragraph) => element('p', paragraph)));
  return go('conduct', message);
}

onSubmit(one('#conduct form'), async (form, say) => {
  const answer = await call('POST', '/v1/code-of-conduct/acceptance', { version: user.conduct.version });
  if (answer.ok) return next();
  if (answer.text.includes('"not_current"')) return readConduct(ADVICE.not_current);
  return page.token ? say(told(answer)) : undefined;
});

/** Ends the session: what was set up here is used elsewhere. */
async function finish() {
  const { me } = user;
  await call('POST', '/v1/auth/logout').catch(() => null);
  Object.assign(page, { token: null, refresh: null });
  one('#account').textContent = me.username;
  one('#role').textContent = me.role.replaceAll('_', ' ');
  one('#organisation').textContent = me.organisation_name;
  one('#after').textContent = me.second_factor_since
    ? 'Signing in takes your username, your password, and the six digits that the app shows at that moment.'
    : 'Signing in takes your username and your password.';
  go('done');
}

// --- The page -------------------------------------------------------------------------------------------------------

all('[data-go]').forEach((button) => button.addEventListener('click', () => {
  const [from, to] = [button.form, one(`#${button.dataset.go} form`)];
  to.elements.username.value = from.elements.username.value;
  go(button.dataset.go);
}));
// A page that the browser brings back from its memory would show what was on it.
addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
one('#needs-script').hidden = true;
one('#steps').hidden = false;
show('password');

// What the pages share that are clients of the API. Tokens live in the memory of the page alone: nothing is written to a store, a
// cookie or an address.

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

/** What is typed into a form, without what is left empty. */
const typed = (form) => Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ''));

/** The address of an SVG image. As an image it runs no script, whatever it holds. */
const imageOf = (svg) => URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));


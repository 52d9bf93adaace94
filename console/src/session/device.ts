// The token of this device: with it, strangers who guess at an account do not slow its owner down. It is the one thing that is kept in
// the browser, under a name that does not tell whose it is.

const SALT = 'homeward.salt';

function salt(): string {
  const known = localStorage.getItem(SALT);
  if (known) return known;
  const made = crypto.randomUUID();
  localStorage.setItem(SALT, made);
  return made;
}

async function place(username: string): Promise<string> {
  const bytes = new TextEncoder().encode(`${salt()}\n${username.trim().toLowerCase()}`);
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return `homeward.device.${[...hash.slice(0, 12)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** The token of an earlier sign-in of this user here. A browser that keeps nothing is no obstacle. */
export async function deviceToken(username: string): Promise<string | undefined> {
  try {
    return localStorage.getItem(await place(username)) ?? undefined;
  } catch {
    return undefined;
  }
}

export async function keepDeviceToken(username: string, token: string | null): Promise<void> {
  try {
    if (token) localStorage.setItem(await place(username), token);
  } catch {
    return;
  }
}

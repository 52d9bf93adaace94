// A demo offers its accounts: one click fills in the sign-in. No other server names any in its page.

import { t } from '../i18n';

interface Account {
  readonly username: string;
  readonly password: string;
  readonly organisation: string;
}

const NAMED = typeof document === 'undefined' ? null : document.querySelector<HTMLMetaElement>('meta[name="homeward-demo"]');
const accounts: readonly Account[] = NAMED ? (JSON.parse(NAMED.content) as readonly Account[]) : [];

export function DemoAccounts({ onChoose }: { readonly onChoose: (account: Account) => void }) {
  if (!accounts.length) return null;
  return (
    <section aria-labelledby="demo">
      <h2 id="demo">{t('sign_in.demo')}</h2>
      <ul class="accounts">
        {accounts.map((one) => (
          <li key={one.username}><button type="button" class="link" onClick={() => onChoose(one)}>{one.username}</button> <span class="quiet">{one.organisation}</span></li>
        ))}
      </ul>
    </section>
  );
}

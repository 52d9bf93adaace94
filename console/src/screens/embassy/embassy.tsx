// The decision about the embassy: the right is read aloud, the person chooses a mission and one of four answers. #/cases/<id>/embassy

import { useState } from 'preact/hooks';
import { label, t } from '../../i18n';
import { country } from '../../i18n/countries';
import { shownDay } from '../../i18n/dates';
import type { Opened } from '../../later';
import { may, me } from '../../session/session';
import { useLoaded } from '../../ui/load';
import { CaseHead, OfCase, isOurs } from '../of-case';
import { Decide } from './decide';
import { missionName, read } from './seen';
import type { Seen } from './seen';

export function Embassy({ rest: [id = ''] }: Opened) {
  const seen = useLoaded(() => read(id), [id]);
  return <OfCase id={id} of={seen}>{(one) => <Page seen={one} again={seen.again} />}</OfCase>;
}

function Page({ seen, again }: { readonly seen: Seen; readonly again: () => void }) {
  const { file, contacts } = seen;
  const [said, setSaid] = useState('');
  // The owner records it, or the desk. A mission that is a guest on the case never decides for the person, nor does who was asked for a service.
  const canDecide = may('embassy_contact:write') && (isOurs(file) || Boolean(me.value?.coordinates));
  return (
    <>
      <CaseHead file={file} title={t('embassy.title')} />
      <p role="status">{said}</p>
      <section class="panel" aria-labelledby="decided">
        <h2 id="decided">{t('embassy.so_far')}</h2>
        {contacts.length ? (
          <ul class="checklist">
            {contacts.map((one) => (
              <li key={one.id}>
                <span>
                  <bdi dir="auto">{missionName(seen, one.mission_id)}</bdi>: <strong>{label('embassy.decision', one.person_decision)}</strong>, {shownDay(one.decided_on)} · {one.informed_of_rights_on ? t('embassy.informed', { day: shownDay(one.informed_of_rights_on) }) : t('embassy.not_informed')}
                </span>
                {may('embassy_contact:write') ? <a href={`#/cases/${file.id}?form=embassy-contacts&record=${one.id}`}>{t('embassy.rest')}<span class="unseen">: {missionName(seen, one.mission_id)}</span></a> : null}
              </li>
            ))}
          </ul>
        ) : <p class="quiet">{t('embassy.nothing')}</p>}
      </section>
      {file.nationality_claimed ? null : <p class="wrong-box">{t('embassy.no_nationality')} <a href={`#/cases/${file.id}?form=case&field=nationality_claimed`}>{t('case.edit')}</a></p>}
      {canDecide ? (
        <Decide seen={seen} onDone={(what) => { setSaid(what); again(); }} onStale={again} />
      ) : <p class="quiet">{t('embassy.not_ours')}</p>}
      {seen.missions.length ? null : <p>{t('embassy.no_mission', { nationality: country(file.nationality_claimed), host: country(file.host_country) })}</p>}
    </>
  );
}

// A new list is announced, and its file handed to the page of the list, which sends it.

import { useState } from 'preact/hooks';
import { send } from '../../api/send';
import { Frozen } from '../../forms/frozen';
import { useMaking } from '../../forms/making';
import { create_import, list_import_profiles } from '../../generated/operations';
import { t } from '../../i18n';
import { go } from '../../router';
import { Wrong, errorAt } from '../../ui/errors';
import { Form, Select } from '../../ui/fields';
import { useLoaded } from '../../ui/load';
import { FileField, isTooLarge } from './file-field';
import { hand } from './handed';

const EMPTY = { profile: '' };

export function NewList() {
  const [file, setFile] = useState<File | null>(null);
  const profiles = useLoaded(async () => (await send(list_import_profiles)).body.items, []);
  const { typed, change, isSent, isBusy, failure, errors, make } = useMaking(null, EMPTY);
  const begin = async () => {
    if (!file || isTooLarge(file)) return;
    const made = await make({ profile_id: typed.profile || null }, (asked, key) => send(create_import, { body: asked, key }));
    if (!made) return;
    hand(made.body.id, file);
    go(`lists/${made.body.id}`);
  };
  return (
    <>
      <h1 tabIndex={-1}>{t('lists.new')}</h1>
      <Form onSubmit={() => void begin()}>
        <Wrong failure={failure} />
        <FileField file={file} onChoose={setFile} />
        <Frozen isSent={isSent} isBusy={isBusy}>
          {profiles.value?.length ? (
            <Select label={t('lists.as_before')} name="/profile_id" value={typed.profile} choices={profiles.value.map((one) => ({ value: one.id, text: one.name }))} onChange={(profile) => change({ profile })} none={t('lists.by_itself')} error={errorAt(errors, '/profile_id')} />
          ) : null}
        </Frozen>
        <p class="buttons"><button disabled={isBusy || !file || isTooLarge(file)}>{isSent && !isBusy ? t('form.send_again') : t('lists.send')}</button></p>
      </Form>
    </>
  );
}

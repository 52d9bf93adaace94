// Putting people on board: all who are chosen, or nobody, with what keeps each; and who belongs to them and is not on board.

import { useEffect, useRef, useState } from 'preact/hooks';
import { send } from '../../api/send';
import { add_movement_passengers } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { t } from '../../i18n';
import type { Chosen } from '../pick';
import { PickMany } from '../pick-many';
import type { Seen } from './batch-form';
import { Relatives } from './outcome';

export function Board({ seen }: { readonly seen: Seen }) {
  const { id, name } = seen.batch;
  const [boarded, setBoarded] = useState<{ readonly people: readonly Chosen[]; readonly batch: S.BoardedBatch } | null>(null);
  const batch = boarded?.batch ?? seen.batch;
  const said = useRef<HTMLDivElement>(null);
  useEffect(() => said.current?.focus(), [boarded]);
  const take = async (people: readonly Chosen[], key: string) => {
    const answer = await send(add_movement_passengers, { path: { id }, body: { case_ids: people.map((one) => one.id) }, key });
    setBoarded({ people, batch: answer.body });
  };
  return (
    <>
      <h1 tabIndex={-1}>{t('travel.add')}</h1>
      <p><a href={`#/travel/${id}`}><bdi dir="auto">{name}</bdi></a> – {t('travel.free', { count: Math.max(0, batch.capacity - batch.on_board) })}</p>
      {boarded ? (
        <div class="panel" role="status" tabIndex={-1} ref={said}>
          <p>{t('travel.boarded', { count: boarded.people.length })}</p>
          {boarded.batch.left_behind.length ? (
            <>
              <p><strong>{t('travel.without')}</strong></p>
              <Relatives all={boarded.batch.left_behind} names={Object.fromEntries(boarded.people.map((one) => [one.id, one.name]))} />
            </>
          ) : null}
          <p class="buttons"><a class="button" href={`#/travel/${id}`}>{t('travel.to_batch')}</a></p>
        </div>
      ) : null}
      <PickMany kind={`travel-board ${id}`} stage="clearing" act={(count) => t('travel.board', { count })} take={take} />
    </>
  );
}

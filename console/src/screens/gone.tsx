// What is not there any more, or not for whoever asks. No reason is ever told, and what was typed about it goes too.

import { useEffect } from 'preact/hooks';
import { dropOf } from '../session/drafts';

interface Props {
  readonly title: string;
  /** The id of what is gone. */
  readonly id: string;
  /** Where one goes on, and how that is called. */
  readonly path: string;
  readonly back: string;
}

export function Gone({ title, id, path, back }: Props) {
  // Once, when it is found gone: while the next one is read, this is drawn with the id of that.
  useEffect(() => dropOf(id), []);
  return (
    <>
      <h1 tabIndex={-1}>{title}</h1>
      <p><a href={`#/${path}`}>{back}</a></p>
    </>
  );
}

// A file that is sent. It may be on its way for minutes on a slow line, and says how far it is, which `fetch` does not.

import type { Answer, Operation, Request } from './operation';
import { address } from './operation';
import { NoAnswer, refusal } from './problem';
import { carried, headersOf } from './send';

/** Milliseconds after which a file that does not come further is given up. */
const STANDSTILL = 60_000;

/** Sends the bytes of a file. `onSent` is told how many are gone. Throws as `send` does. */
export const sendContent = <P, A>(operation: Operation<P, undefined, undefined, A>, given: Request<P, undefined, undefined>, file: Blob, onSent: (bytes: number) => void): Promise<Answer<A>> =>
  carried(operation, given, (request) => once(operation, request, file, onSent));

function once<P, A>(operation: Operation<P, undefined, undefined, A>, request: Request<P, undefined, undefined>, file: Blob, onSent: (bytes: number) => void): Promise<Answer<A>> {
  return new Promise((done, fail) => {
    const asked = new XMLHttpRequest();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = () => asked.abort();
    const moved = () => {
      clearTimeout(timer);
      timer = setTimeout(stop, STANDSTILL);
    };
    const lost = () => fail(new NoAnswer());
    asked.open(operation.method ?? 'GET', address(operation.path, request.path as object | undefined, undefined));
    for (const [name, value] of Object.entries({ ...headersOf(operation, request, 'application/json'), 'Content-Type': 'application/octet-stream' })) asked.setRequestHeader(name, value);
    asked.upload.onprogress = (event) => {
      moved();
      onSent(event.loaded);
    };
    asked.onload = () => {
      const header = (name: string): string => asked.getResponseHeader(name) ?? '';
      if (asked.status >= 200 && asked.status < 300) {
        try {
          done({ status: asked.status, body: JSON.parse(asked.responseText) as A, etag: header('ETag') });
        } catch {
          lost();
        }
        return;
      }
      const headers = Object.fromEntries(['Retry-After', 'X-Request-Id'].map((name) => [name, header(name)]));
      refusal(new Response(asked.responseText, { status: asked.status, headers })).then(fail, fail);
    };
    asked.onerror = lost;
    asked.onabort = lost;
    asked.onloadend = () => {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', stop);
    };
    request.signal?.addEventListener('abort', stop);
    moved();
    asked.send(file);
  });
}

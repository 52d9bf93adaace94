// The console as it lies in dist, before a running server: node dev.mjs SERVER [PORT]. So a change of a screen needs `console/build` and a
// reload, and no build of the server. Pages go out with the headers, and so with the content policy, that the server gives its own.

import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';

const [server, port = '8099'] = process.argv.slice(2);
if (!server) {
  console.error('node dev.mjs http://127.0.0.1:8080 [PORT]');
  process.exit(2);
}
const TYPES = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml', html: 'text/html; charset=utf-8' };

function own(path, policy, response) {
  const name = path.slice('/console/'.length) || 'index.html';
  try {
    const text = readFileSync(new URL(`dist/${name.replace(/[^\w.-]/g, '')}`, import.meta.url));
    response.writeHead(200, { ...policy, 'Content-Type': TYPES[name.split('.').at(-1)] ?? 'text/plain', 'Cache-Control': 'no-store' });
    response.end(text);
  } catch {
    response.writeHead(404).end();
  }
}

createServer((asked, response) => {
  const path = asked.url.split('?')[0];
  const isOwn = path.startsWith('/console/');
  const passed = request(new URL(isOwn ? '/console/' : asked.url, server), { method: isOwn ? 'GET' : asked.method, headers: isOwn ? {} : asked.headers }, (answer) => {
    if (isOwn) {
      const kept = ['content-security-policy', 'cross-origin-opener-policy', 'referrer-policy', 'permissions-policy', 'x-content-type-options'];
      answer.resume();
      own(path, Object.fromEntries(Object.entries(answer.headers).filter(([name]) => kept.includes(name))), response);
    } else {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    }
  });
  passed.on('error', () => response.writeHead(502).end());
  if (isOwn) passed.end();
  else asked.pipe(passed);
}).listen(Number(port), '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/console/`));

// Calls the service from a page in a real browser: Debian's Chromium and the published gRPC-Web library.
//
//   node browser.mjs SERVICE PAGE STEPS
//
// SERVICE is the service's address, PAGE the origin of the page (any name with http and no port: the browser finds it here), STEPS a
// JSON list of calls as browser/page.mjs takes them. The environment variable AUTHORIZATION is sent with each. Prints each call's
// result as a line of JSON.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

const [service, page, steps] = process.argv.slice(2);
const local = (path) => fileURLToPath(new URL(path, import.meta.url));

const loadContract = async () => {
  const root = new protobuf.Root();
  root.resolvePath = (origin, target) => local(
    target.startsWith('google/protobuf/') ? `node_modules/protobufjs/${target}` : `../../protos/${target}`);
  await root.load('servers/v1/servers.proto', { keepCase: true });
  return root.toJSON();
};

const task = JSON.stringify({
  service, authorization: process.env.AUTHORIZATION, contract: await loadContract(), steps: JSON.parse(steps),
});

const files = {
  '/': ['text/html', 'browser/index.html'],
  '/page.mjs': ['text/javascript', 'browser/page.mjs'],
  '/grpc-web.mjs': ['text/javascript', 'node_modules/grpc-web/index.esm.js'],
  '/protobuf.js': ['text/javascript', 'node_modules/protobufjs/dist/protobuf.min.js'],
};

let finish;
let fail;
const finished = new Promise((resolve, reject) => { [finish, fail] = [resolve, reject]; });

const answer = async (request, response) => {
  if (request.url === '/task') return response.end(task);
  if (request.url === '/result') {
    console.log(await text(request));
    return response.end();
  }
  if (request.url === '/done') {
    response.end();
    return finish();
  }
  const [type, path] = files[request.url] ?? [];
  if (!path) return response.writeHead(404).end();
  response.setHeader('content-type', type);
  return createReadStream(local(path)).pipe(response);
};

const server = createServer((request, response) => answer(request, response).catch(fail)).listen(0, '127.0.0.1');
await once(server, 'listening');

const profile = await mkdtemp(join(tmpdir(), 'browser-'));
const chromium = spawn('chromium', [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run', '--no-proxy-server',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-breakpad',
  `--user-data-dir=${profile}`, `--host-resolver-rules=MAP ${new URL(page).hostname} 127.0.0.1:${server.address().port}`, page,
], { stdio: ['ignore', 'ignore', 'pipe'] });
const complaints = text(chromium.stderr);
const exited = once(chromium, 'exit');

try {
  const early = await Promise.race([finished, exited]);
  if (early) throw new Error(`Chromium ended before the page did: ${early}\n${await complaints}`);
} finally {
  // Nothing is left to it that has ended by itself.
  if (chromium.kill()) await exited;
  server.close();
  server.closeAllConnections();
  await rm(profile, { recursive: true, force: true, maxRetries: 10 });
}

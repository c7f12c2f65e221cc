// A client whose types and calls are made from the OpenAPI document: it calls every operation once, and prints what came as a line of JSON.
// OpenApi/TypeScriptTests.cs makes ./schema from the document of a running service, compiles this file beside it, and runs it.
//
//   node client.mjs ADDRESS TOKEN
import createClient from 'openapi-fetch';
import type { components, paths } from './schema.mjs';

type Server = components['schemas']['Server'];
type State = components['schemas']['State'];
type Status = components['schemas']['Status'];
type Change = components['schemas']['ServerChange'];

declare const process: { argv: string[] };

const [address = '', token = ''] = process.argv.slice(2);
const api = createClient<paths>({ baseUrl: address, headers: { authorization: `Bearer ${token}` } });
const stranger = createClient<paths>({ baseUrl: address });
const byName = { params: { path: { name: 'typed' } } };

const health = valueOf(await stranger.GET('/healthz', { parseAs: 'text' }));
const version = valueOf(await stranger.GET('/version'));
const refused = errorOf(await stranger.GET('/api/servers'));

const provisioned: Server = valueOf(await api.POST('/api/servers', {
  body: { name: 'typed', labels: { team: 'ci' }, capacity: 3, alternatives: [{ region: 'elsewhere' }] },
}));
const invalid = errorOf(await api.POST('/api/servers', { body: { name: '-', validate_only: true } }));
const running = await becomes('running');
const list: Server[] = valueOf(await api.GET('/api/servers', { params: { query: { state: ['running', 'pending'], page_size: 10 } } }));
const change = await firstChange();
const events = valueOf(await api.GET('/api/servers/{name}/events', byName));
const rotated = valueOf(await api.POST('/api/servers/{name}:rotate-credentials', { ...byName, body: { etag: running.etag } }));

const paused = (await api.POST('/api/pause')).response.status;
const whilePaused = valueOf(await api.GET('/varz'));
const resumed = (await api.POST('/api/resume')).response.status;
const metrics = valueOf(await api.GET('/metrics', { parseAs: 'text' }));

const terminated = valueOf(await api.DELETE('/api/servers/{name}', { params: { path: byName.params.path, query: { force: true } } }));
const stopped = await becomes('stopped');
const missing = errorOf(await api.GET('/api/servers/{name}', { params: { path: { name: 'none' } } }));

console.log(JSON.stringify({
  health,
  version: version.version,
  refused: reasonOf(refused),
  provisioned: [provisioned.name, provisioned.state, provisioned.capacity, provisioned.labels['team']],
  invalid: fieldsOf(invalid),
  list: list.map((server) => server.name),
  change: [change.type, change.server?.name],
  events: events.map((event) => event.reason),
  rotated: [running.secret.length, rotated.secret.length, running.secret !== rotated.secret],
  paused: [paused, whilePaused.paused, resumed],
  metrics: metrics.includes('\nservers_state_age_seconds'),
  terminated: terminated.name,
  stopped: stopped.stopped > 0,
  missing: [missing.code, reasonOf(missing)],
}));

async function becomes(state: State): Promise<Server> {
  for (;;) {
    const server = valueOf(await api.GET('/api/servers/{name}', byName));
    if (server.state === state) return server;
    await new Promise((resume) => setTimeout(resume, 50));
  }
}

// The first line of the stream that tells of a server.
async function firstChange(): Promise<Change> {
  const leaving = new AbortController();
  const { data, response } = await api.GET('/api/servers:watch', {
    params: { query: { since_revision: 0 } },
    parseAs: 'stream',
    signal: leaving.signal,
  });
  if (!data) throw new Error(`The stream was answered ${response.status}.`);
  let text = '';
  const decoder = new TextDecoder();
  const reader = data.getReader();
  while (!text.includes('\n')) {
    const { done, value } = await reader.read();
    if (done) throw new Error('The stream ended.');
    text += decoder.decode(value, { stream: true });
  }
  leaving.abort();
  return JSON.parse(text.slice(0, text.indexOf('\n'))) as Change;
}

function valueOf<T>({ data, error, response }: { data?: T; error?: unknown; response: Response }): T {
  if (data === undefined) throw new Error(`${response.url} was answered ${response.status}: ${JSON.stringify(error)}`);
  return data;
}

function errorOf({ error, response }: { error?: Status; response: Response }): Status {
  if (error === undefined) throw new Error(`${response.url} was answered ${response.status}, and no error.`);
  return error;
}

function reasonOf(status: Status): string | undefined {
  for (const detail of status.details) {
    if (detail['@type'] === 'type.googleapis.com/google.rpc.ErrorInfo') return detail.reason;
  }
  return undefined;
}

function fieldsOf(status: Status): string[] {
  return status.details.flatMap((detail) =>
    detail['@type'] === 'type.googleapis.com/google.rpc.BadRequest' ? detail.fieldViolations.map((violation) => violation.field) : []);
}

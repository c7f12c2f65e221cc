// A client of the service as a stranger would write it: the published gRPC library and the repository's protos, nothing else.
//
//   node client.mjs HOST:PORT COMMAND [REQUEST [COUNT]]
//
// COMMAND is get, list, provision, terminate, watch, events or health; REQUEST its message as JSON. A stream is left after COUNT
// messages. The environment variable AUTHORIZATION is sent as metadata. Prints each message as a line of JSON; a failure as
// {"code", "details", "metadata"}, and exits with 1.
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const methods = {
  get: 'GetServer',
  list: 'ListServers',
  provision: 'ProvisionServer',
  terminate: 'TerminateServer',
  watch: 'WatchServers',
  events: 'ListServerEvents',
  health: 'Check',
};

const [address, command, request = '{}', count = 'Infinity'] = process.argv.slice(2);
const protos = grpc.loadPackageDefinition(loader.loadSync(['servers/v1/servers.proto', 'grpc/health/v1/health.proto'], {
  includeDirs: [fileURLToPath(new URL('../../protos', import.meta.url))],
  keepCase: true,
  longs: Number,
  bytes: String,
  enums: String,
  defaults: true,
}));

const Service = command === 'health' ? protos.grpc.health.v1.Health : protos.servers.v1.ServerService;
const client = new Service(address, grpc.credentials.createInsecure(), { 'grpc.enable_http_proxy': 0 });
const metadata = new grpc.Metadata();
if (process.env.AUTHORIZATION) metadata.set('authorization', process.env.AUTHORIZATION);

const print = (value) => console.log(JSON.stringify(value));

const plainMetadata = (error) => Object.fromEntries(Object.keys(error.metadata.getMap()).map(
  (key) => [key, error.metadata.get(key).map((value) => (Buffer.isBuffer(value) ? value.toString('base64') : value))]));

const fail = (error) => {
  print({ code: error.code, details: error.details, metadata: plainMetadata(error) });
  process.exitCode = 1;
};

const method = methods[command];
if (!method) throw new Error(`No command ${command}; there are ${Object.keys(methods).join(', ')}.`);
const message = JSON.parse(request);

if (Service.service[method].responseStream) {
  let left = Number(count);
  const call = client[method](message, metadata);
  call.on('data', (change) => {
    print(change);
    left -= 1;
    if (left === 0) call.cancel();
  });
  call.on('error', (error) => {
    if (left > 0) fail(error);
    client.close();
  });
  call.on('end', () => client.close());
} else {
  client[method](message, metadata, (error, reply) => {
    if (error) fail(error);
    else print(reply);
    client.close();
  });
}

// The page: makes the calls that it is given with the published gRPC-Web library, and reports each to where it came from.
import { GrpcWebClientBase, MethodDescriptor, MethodType } from '/grpc-web.mjs';

const { service, authorization, contract, steps } = await (await fetch('/task')).json();
const root = protobuf.Root.fromJSON(contract);
const methods = root.lookupService('servers.v1.ServerService').resolveAll().methods;

const describe = (name) => {
  const { requestStream, responseStream, resolvedRequestType: Request, resolvedResponseType: Response } = methods[name];
  if (requestStream) throw new Error(`${name} takes a stream.`);
  return new MethodDescriptor(
    `/servers.v1.ServerService/${name}`,
    responseStream ? MethodType.SERVER_STREAMING : MethodType.UNARY,
    Object,
    Object,
    (message) => Request.encode(Request.fromObject(message)).finish(),
    (bytes) => Response.toObject(Response.decode(bytes), { longs: Number, bytes: String, defaults: true }));
};

// Makes one call; resolves to its messages and how it ended. A stream is left when a server in the state `until` is seen.
const call = ({ method, request = {}, format = 'text', deadline, until, token = authorization }) => new Promise((resolve) => {
  const client = new GrpcWebClientBase({ format });
  const descriptor = describe(method);
  const result = { method, messages: [], headers: null, code: null, details: null, metadata: null };
  const metadata = { ...(token && { authorization: token }), ...(deadline && { deadline: String(Date.now() + deadline) }) };
  const end = (status) => resolve(Object.assign(result, status));
  const fail = (error) => end({ code: error.code, details: error.message, metadata: error.metadata });

  const listen = (stream) => {
    stream.on('metadata', (headers) => { result.headers = headers; });
    stream.on('status', ({ code, details, metadata: trailers }) => Object.assign(result, { code, details, metadata: trailers }));
    return stream;
  };

  const path = service + descriptor.getName();
  if (!methods[method].responseStream) {
    listen(client.rpcCall(path, request, metadata, descriptor, (error, message) => {
      if (error) return fail(error);
      result.messages.push(message);
      return end({});
    }));
    return;
  }

  const stream = listen(client.serverStreaming(path, request, metadata, descriptor));
  stream.on('data', (message) => {
    result.messages.push(message);
    if (message.server?.state !== until) return;
    stream.cancel();
    end({});
  });
  stream.on('error', fail);
  stream.on('end', () => end({}));
});

const report = (result) => fetch('/result', { method: 'POST', body: JSON.stringify(result) });

const parallel = [];
for (const step of steps) {
  // What can't even be called is reported too, or nobody would hear of the end.
  const done = call(step).catch((error) => ({ method: step.method, code: null, details: `${error}` })).then(report);
  if (step.parallel) parallel.push(done);
  else await done;
}

await Promise.all(parallel);
await fetch('/done', { method: 'POST' });

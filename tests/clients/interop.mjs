// gRPC's public interoperability tests, from the client's side, with @grpc/grpc-js.
//
//   node interop.mjs HOST:PORT CASE
//
// Exits with 0 when the server did as the case's description demands. What this library can't do or show, it says in the case; the
// bytes of those are looked at by the tests in ServersGrpc.Tests.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const specialMessage = '\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \u{1F608}\t\n';
const pingPong = [[31415, 27182], [9, 8], [2653, 1828], [58979, 45904]];
const patience = 30_000;
// The library has the flag of the other implementations, but does not export it.
const noCompress = 2;

const [address, name] = process.argv.slice(2);
const { grpc: { testing } } = grpc.loadPackageDefinition(loader.loadSync('grpc/testing/test.proto', {
  includeDirs: [fileURLToPath(new URL('../ServersGrpc.InteropServer/protos', import.meta.url))],
  keepCase: true,
}));

const clients = [];
const connect = (Service = testing.TestService, options = {}) => {
  const client = new Service(address, grpc.credentials.createInsecure(), { 'grpc.enable_http_proxy': 0, ...options });
  clients.push(client);
  return client;
};

// A client that compresses exactly the messages that are to be expected compressed.
const connectCompressing = () => connect(testing.TestService, {
  'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip,
  interceptors: [(options, nextCall) => {
    const call = new grpc.InterceptingCall(nextCall(options));
    const send = call.sendMessageWithContext.bind(call);
    call.sendMessageWithContext = (context, message) =>
      send({ ...context, flags: message.expect_compressed.value ? 0 : noCompress }, message);
    return call;
  }],
});

const deadline = (milliseconds = patience) => ({ deadline: Date.now() + milliseconds });
const zeros = (size) => ({ body: Buffer.alloc(size) });
const checkZeros = (payload, size) => assert.deepEqual(payload.body, Buffer.alloc(size));

// A call with one response: what it sent, beside the response that `reply` promises.
const call = (client, method, request, metadata = new grpc.Metadata()) => {
  let started;
  const reply = new Promise((resolve, reject) => {
    const finish = (error, response) => (error ? reject(error) : resolve(response));
    started = request === undefined
      ? client[method](metadata, deadline(), finish)
      : client[method](request, metadata, deadline(), finish);
  });
  return { started, reply, headers: once(started, 'metadata'), status: once(started, 'status') };
};
const unary = (request, client = connect()) => call(client, 'unaryCall', request).reply;

// A call that takes many requests.
const upload = (client, requests) => {
  const { started, reply } = call(client, 'streamingInputCall');
  for (const request of requests) started.write(request);
  started.end();
  return reply;
};

const readAll = async (stream) => {
  const replies = [];
  for await (const reply of stream) replies.push(reply);
  return replies;
};

const failsWith = (code, promise, details) => assert.rejects(promise, (error) => {
  assert.equal(error.code, code, error.message);
  if (details !== undefined) assert.equal(error.details, details);
  return true;
});

const checkEcho = ([headers], [status]) => {
  assert.deepEqual(headers.get('x-grpc-test-echo-initial'), ['test_initial_metadata_value']);
  assert.deepEqual(status.metadata.get('x-grpc-test-echo-trailing-bin'), [Buffer.from([0xab, 0xab, 0xab])]);
};

const cases = {
  async empty_unary() {
    assert.deepEqual(await call(connect(), 'emptyCall', {}).reply, {});
  },

  async large_unary() {
    checkZeros((await unary({ response_size: 314159, payload: zeros(271828) })).payload, 314159);
  },

  async client_compressed_unary() {
    const request = (expected) => ({ expect_compressed: { value: expected }, response_size: 314159, payload: zeros(271828) });
    await failsWith(grpc.status.INVALID_ARGUMENT, unary(request(true)));
    const client = connectCompressing();
    for (const expected of [true, false]) checkZeros((await unary(request(expected), client)).payload, 314159);
  },

  // The library inflates and does not show the flag.
  async server_compressed_unary() {
    for (const value of [true, false]) {
      const reply = await unary({ response_compressed: { value }, response_size: 314159, payload: zeros(271828) });
      checkZeros(reply.payload, 314159);
    }
  },

  async server_streaming() {
    const sizes = [31415, 9, 2653, 58979];
    const replies = await readAll(connect().streamingOutputCall({ response_parameters: sizes.map((size) => ({ size })) }, deadline()));
    assert.equal(replies.length, sizes.length);
    replies.forEach((reply, i) => checkZeros(reply.payload, sizes[i]));
  },

  // As above, the flags are not shown.
  async server_compressed_streaming() {
    const wanted = [{ compressed: { value: true }, size: 31415 }, { compressed: { value: false }, size: 92653 }];
    const replies = await readAll(connect().streamingOutputCall({ response_parameters: wanted }, deadline()));
    assert.equal(replies.length, wanted.length);
    replies.forEach((reply, i) => checkZeros(reply.payload, wanted[i].size));
  },

  async client_streaming() {
    const reply = await upload(connect(), [27182, 8, 1828, 45904].map((size) => ({ payload: zeros(size) })));
    assert.equal(reply.aggregated_payload_size, 74922);
  },

  async client_compressed_streaming() {
    const compressed = { expect_compressed: { value: true }, payload: zeros(27182) };
    const plain = { expect_compressed: { value: false }, payload: zeros(45904) };
    await failsWith(grpc.status.INVALID_ARGUMENT, upload(connect(), [compressed]));
    assert.equal((await upload(connectCompressing(), [compressed, plain])).aggregated_payload_size, 73086);
  },

  async ping_pong() {
    const stream = connect().fullDuplexCall(deadline());
    const status = once(stream, 'status');
    const replies = stream[Symbol.asyncIterator]();
    for (const [answered, sent] of pingPong) {
      stream.write({ response_parameters: [{ size: answered }], payload: zeros(sent) });
      checkZeros((await replies.next()).value.payload, answered);
    }
    stream.end();
    assert.equal((await replies.next()).done, true);
    assert.equal((await status)[0].code, grpc.status.OK);
  },

  async empty_stream() {
    const stream = connect().fullDuplexCall(deadline());
    const status = once(stream, 'status');
    stream.end();
    assert.deepEqual(await readAll(stream), []);
    assert.equal((await status)[0].code, grpc.status.OK);
  },

  async custom_metadata() {
    const metadata = new grpc.Metadata();
    metadata.set('x-grpc-test-echo-initial', 'test_initial_metadata_value');
    metadata.set('x-grpc-test-echo-trailing-bin', Buffer.from([0xab, 0xab, 0xab]));

    const single = call(connect(), 'unaryCall', { response_size: 314159, payload: zeros(271828) }, metadata);
    checkZeros((await single.reply).payload, 314159);
    checkEcho(await single.headers, await single.status);

    const stream = connect().fullDuplexCall(metadata, deadline());
    const [headers, status] = [once(stream, 'metadata'), once(stream, 'status')];
    stream.write({ response_parameters: [{ size: 314159 }], payload: zeros(271828) });
    stream.end();
    const replies = await readAll(stream);
    assert.equal(replies.length, 1);
    checkZeros(replies[0].payload, 314159);
    checkEcho(await headers, await status);
  },

  async status_code_and_message() {
    const status = { code: grpc.status.UNKNOWN, message: 'test status message' };
    await failsWith(status.code, unary({ response_status: status }), status.message);
    const stream = connect().fullDuplexCall(deadline());
    stream.write({ response_status: status });
    stream.end();
    await failsWith(status.code, readAll(stream), status.message);
  },

  async special_status_message() {
    const status = { code: grpc.status.UNKNOWN, message: specialMessage };
    await failsWith(status.code, unary({ response_status: status }), status.message);
  },

  async unimplemented_method() {
    await failsWith(grpc.status.UNIMPLEMENTED, call(connect(), 'unimplementedCall', {}).reply);
  },

  async unimplemented_service() {
    await failsWith(grpc.status.UNIMPLEMENTED, call(connect(testing.UnimplementedService), 'unimplementedCall', {}).reply);
  },

  async cancel_after_begin() {
    const { started, reply } = call(connect(), 'streamingInputCall');
    started.cancel();
    await failsWith(grpc.status.CANCELLED, reply);
  },

  async cancel_after_first_response() {
    const stream = connect().fullDuplexCall(deadline());
    stream.write({ response_parameters: [{ size: 31415 }], payload: zeros(27182) });
    const replies = stream[Symbol.asyncIterator]();
    checkZeros((await replies.next()).value.payload, 31415);
    stream.cancel();
    await failsWith(grpc.status.CANCELLED, replies.next());
  },

  async timeout_on_sleeping_server() {
    const stream = connect().fullDuplexCall(deadline(1));
    stream.write({ payload: zeros(27182) });
    await failsWith(grpc.status.DEADLINE_EXCEEDED, readAll(stream));
  },
};

try {
  await cases[name]();
} finally {
  for (const client of clients) client.close();
}

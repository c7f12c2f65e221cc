// A server on gRPC's own library for Node, to measure beside the service: it answers every GetServer with the same message.
//
//   node neighbor.mjs FRAME
//
// FRAME is a file that holds the message as it crosses the wire, with the five bytes before it. Says where it listens.
import { readFileSync } from 'node:fs';
import grpc from '@grpc/grpc-js';

const frameHeader = 5;
const message = readFileSync(process.argv[2]).subarray(frameHeader);

// Messages are bytes, so that what is measured is the library alone.
const asIs = (bytes) => bytes;
const server = new grpc.Server();
server.addService(
  {
    GetServer: {
      path: '/servers.v1.ServerService/GetServer',
      requestStream: false,
      responseStream: false,
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    },
  },
  { GetServer: (call, callback) => callback(null, message) },
);
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(`Now listening on: http://127.0.0.1:${port}`);
});

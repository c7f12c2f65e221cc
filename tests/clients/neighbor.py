"""A server on gRPC's own library for Python, to measure beside the service: it answers every GetServer with the same message.

    /usr/bin/python3 neighbor.py FRAME

FRAME is a file that holds the message as it crosses the wire, with the five bytes before it. Says where it listens.
"""

import sys
from concurrent import futures

import grpc

FRAME_HEADER = 5
WORKERS = 10


def main():
    with open(sys.argv[1], "rb") as file:
        message = file.read()[FRAME_HEADER:]
    # Without serializers the messages are bytes, so that what is measured is the library alone.
    handler = grpc.unary_unary_rpc_method_handler(lambda request, context: message)
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=WORKERS))
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("servers.v1.ServerService", {"GetServer": handler})])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(f"Now listening on: http://127.0.0.1:{port}", flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()

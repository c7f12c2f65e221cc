"""One call with so many fields of metadata of a size, beside a watch on the same channel, by gRPC's own library for Python, which is its C core.

    /usr/bin/python3 large_metadata.py HOST:PORT COUNT SIZE

The environment variable AUTHORIZATION is sent as metadata. Prints as JSON how the large call ended, how a call after it did, the type
of the change that the watch told of afterwards, and of which server.
"""

import json
import os
import sys

import grpc

from reflection import Reflection, Service

SERVICE = "servers.v1.ServerService"
PATIENCE = 30


def status(call, request, metadata):
    try:
        call(request, metadata=metadata, timeout=PATIENCE)
        return "OK"
    except grpc.RpcError as error:
        return f"{error.code().name}: {error.details()}"


def main():
    address, count, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    metadata = [("authorization", os.environ["AUTHORIZATION"])]
    with grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)]) as channel:
        service = Service(channel, Reflection(channel, metadata=metadata), SERVICE)
        get, get_request, _ = service.method("GetServer")
        provision, provision_request, _ = service.method("ProvisionServer")
        watch, watch_request, _ = service.method("WatchServers")
        # Revision 1 is known to be there: what comes first tells that the watch is open.
        changes = watch(watch_request(since_revision=1), metadata=metadata, timeout=PATIENCE)
        next(changes)
        large = status(get, get_request(name="first"), [*metadata, *((f"x-large-{i}", "a" * size) for i in range(count))])
        after = status(provision, provision_request(name="after"), metadata)
        change = next(changes)
        print(json.dumps({"large": large, "after": after, "change": change.type, "name": change.server.name}))


main()

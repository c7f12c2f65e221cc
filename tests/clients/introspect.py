"""Asks the reflection service whatever it is told to, on one stream.

    /usr/bin/python3 introspect.py HOST:PORT VERSION QUESTIONS

VERSION is v1 or v1alpha, QUESTIONS a JSON list of requests. The environment variable AUTHORIZATION is sent as metadata. Prints each
answer as a line of JSON, with the names of files in place of their descriptors.
"""

import json
import os
import sys

import grpc
from google.protobuf import descriptor_pb2, json_format

from reflection import Reflection


def plain(answer):
    files = [descriptor_pb2.FileDescriptorProto.FromString(file) for file in answer.file_descriptor_response.file_descriptor_proto]
    described = json_format.MessageToDict(answer, preserving_proto_field_name=True)
    if answer.HasField("file_descriptor_response"):
        described["file_descriptor_response"] = [file.name for file in files]
    return described


def main():
    address, version, questions = sys.argv[1:]
    authorization = os.environ.get("AUTHORIZATION")
    metadata = [("authorization", authorization)] if authorization else []
    with grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)]) as channel:
        for answer in Reflection(channel, version, metadata).ask(json.loads(questions)):
            print(json.dumps(plain(answer)), flush=True)


main()

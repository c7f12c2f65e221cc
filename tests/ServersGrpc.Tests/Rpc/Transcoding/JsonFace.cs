using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.Extensions.Options;
using ServersGrpc.Rpc.Server;
using ServersGrpc.Rpc.Transcoding.Json;
using ServersGrpc.Tests.Rpc.Transcoding.Samples;

namespace ServersGrpc.Tests.Rpc.Transcoding;

/// <summary>Messages to JSON and back, without HTTP.</summary>
internal sealed class JsonFace
{
    private readonly JsonMessageReader _reader;
    private readonly JsonMessageWriters _writers;

    public JsonFace()
    {
        var options = new GrpcJsonTranscodingOptions { TypeRegistry = TypeRegistry.FromFiles(SamplesReflection.Descriptor) };
        var types = new MessageTypes(new MethodRegistry(), Options.Create(options));
        _reader = new JsonMessageReader(types);
        _writers = new JsonMessageWriters(types);
    }

    public string Write(IMessage message)
    {
        var json = new JsonTextWriter();
        _writers.For(message.Descriptor).Write(json, message);
        return Encoding.UTF8.GetString(json.Written.Span);
    }

    /// <summary>What the text says; or what is wrong with it, as the caller is told.</summary>
    public (T Message, IReadOnlyList<string> Problems) Read<T>(string json)
        where T : IMessage, new()
    {
        var message = new T();
        var problems = new List<BadRequest.Types.FieldViolation>();
        _reader.Read(Encoding.UTF8.GetBytes(json), message, null, problems);
        return (message, [.. problems.Select(problem => $"{problem.Field}: {problem.Description}")]);
    }
}

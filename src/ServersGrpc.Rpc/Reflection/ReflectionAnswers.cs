using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection.V1;
using ServersGrpc.Rpc.Server;
using Question = Grpc.Reflection.V1.ServerReflectionRequest.MessageRequestOneofCase;

namespace ServersGrpc.Rpc.Reflection;

/// <summary>Answers reflection requests about everything that is mapped.</summary>
internal sealed class ReflectionAnswers(MethodRegistry registry)
{
    // Not before the first request: by then every service is mapped.
    private readonly Lazy<DescriptorIndex> _index = new(() => new DescriptorIndex(registry.ServiceDescriptors));

    public ServerReflectionResponse Answer(ServerReflectionRequest request)
    {
        var response = new ServerReflectionResponse { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case Question.FileByFilename:
                SetFile(response, _index.Value.FindFile(request.FileByFilename), $"file \"{request.FileByFilename}\"");
                break;
            case Question.FileContainingSymbol:
                SetFile(response, _index.Value.FindSymbol(request.FileContainingSymbol), $"symbol \"{request.FileContainingSymbol}\"");
                break;
            case Question.FileContainingExtension:
                var (type, number) = (request.FileContainingExtension.ContainingType, request.FileContainingExtension.ExtensionNumber);
                SetFile(response, _index.Value.FindExtension(type, number), $"extension {number} of \"{type}\"");
                break;
            case Question.AllExtensionNumbersOfType:
                SetExtensionNumbers(response, request.AllExtensionNumbersOfType);
                break;
            case Question.ListServices:
                response.ListServicesResponse = new ListServiceResponse();
                response.ListServicesResponse.Service.Add(registry.ServiceNames.Select(name => new ServiceResponse { Name = name }));
                break;
            default:
                SetError(response, StatusCode.InvalidArgument, "The request asks nothing that is known here.");
                break;
        }

        return response;
    }

    private static void SetFile(ServerReflectionResponse response, FileDescriptor? file, string what)
    {
        if (file is null)
        {
            SetError(response, StatusCode.NotFound, $"There is no {what}.");
            return;
        }

        response.FileDescriptorResponse = new FileDescriptorResponse();
        response.FileDescriptorResponse.FileDescriptorProto.Add(DescriptorIndex.WithImports(file).Select(part => part.SerializedData));
    }

    private static void SetError(ServerReflectionResponse response, StatusCode code, string message) =>
        response.ErrorResponse = new ErrorResponse { ErrorCode = (int)code, ErrorMessage = message };

    private void SetExtensionNumbers(ServerReflectionResponse response, string type)
    {
        if (_index.Value.ExtensionNumbers(type) is not { } numbers)
        {
            SetError(response, StatusCode.NotFound, $"There is no message \"{type}\".");
            return;
        }

        response.AllExtensionNumbersResponse = new ExtensionNumberResponse { BaseTypeName = type };
        response.AllExtensionNumbersResponse.ExtensionNumber.Add(numbers);
    }
}

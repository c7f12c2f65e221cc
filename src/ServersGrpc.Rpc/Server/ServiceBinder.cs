using System.Reflection;
using Google.Protobuf.Reflection;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace ServersGrpc.Rpc.Server;

/// <summary>
/// Binds a service class: generated code names the methods, without handlers, and this builds them from the class. Everything that can be
/// found out once is found out here, so that a call runs through ready-made delegates.
/// </summary>
internal sealed class ServiceBinder<TService> : ServiceBinderBase
    where TService : class
{
    private readonly MethodRegistry _registry;
    private readonly ServiceDescriptor? _descriptor;
    private readonly Func<HttpContext, TService> _service;
    private readonly Func<HttpContext, Interceptor>[] _innermostFirst;

    private ServiceBinder(IServiceProvider root, ServiceDescriptor? descriptor)
    {
        var sources = root.GetRequiredService<InstanceSources>();
        var options = root.GetRequiredService<IOptions<GrpcServiceOptions>>().Value;
        _registry = root.GetRequiredService<MethodRegistry>();
        _descriptor = descriptor;
        _service = sources.For<TService>(typeof(TService), root);
        _innermostFirst =
        [
            .. options.Interceptors.Reverse().Select(added => sources.For<Interceptor>(added.Type, root, [.. added.Arguments])),
        ];
    }

    /// <summary>Adds all methods of the service class to the registry.</summary>
    /// <exception cref="InvalidOperationException">The class does not derive from a generated base class.</exception>
    public static void Bind(IServiceProvider root)
    {
        var attribute = typeof(TService).GetCustomAttribute<BindServiceMethodAttribute>(inherit: true)
            ?? throw new InvalidOperationException($"{typeof(TService)} does not derive from the base class of a generated service.");
        var bind = attribute.BindType
            .GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)
            .Single(method => method.Name == attribute.BindMethodName
                && method.GetParameters() is [{ ParameterType: var binder }, _] && binder == typeof(ServiceBinderBase));
        var descriptor = attribute.BindType.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null);
        bind.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [new ServiceBinder<TService>(root, descriptor as ServiceDescriptor), null], null);
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        var (info, invoke) = Find<Func<TService, TRequest, ServerCallContext, Task<TResponse>>>(method);
        UnaryServerMethod<TRequest, TResponse> pipeline = (request, context) => invoke(_service(context.GetHttpContext()), request, context);
        foreach (var interceptor in _innermostFirst)
        {
            var continuation = pipeline;
            pipeline = (request, context) => interceptor(context.GetHttpContext()).UnaryServerHandler(request, context, continuation);
        }

        _registry.Add(new UnaryMethod<TRequest, TResponse>(method, DescriptorOf(method), MetadataOf(method, info), pipeline));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var (info, invoke) = Find<Func<TService, IAsyncStreamReader<TRequest>, ServerCallContext, Task<TResponse>>>(method);
        ClientStreamingServerMethod<TRequest, TResponse> pipeline =
            (requests, context) => invoke(_service(context.GetHttpContext()), requests, context);
        foreach (var interceptor in _innermostFirst)
        {
            var continuation = pipeline;
            pipeline = (requests, context) =>
                interceptor(context.GetHttpContext()).ClientStreamingServerHandler(requests, context, continuation);
        }

        _registry.Add(new ClientStreamingMethod<TRequest, TResponse>(method, DescriptorOf(method), MetadataOf(method, info), pipeline));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var (info, invoke) = Find<Func<TService, TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(method);
        ServerStreamingServerMethod<TRequest, TResponse> pipeline =
            (request, responses, context) => invoke(_service(context.GetHttpContext()), request, responses, context);
        foreach (var interceptor in _innermostFirst)
        {
            var continuation = pipeline;
            pipeline = (request, responses, context) =>
                interceptor(context.GetHttpContext()).ServerStreamingServerHandler(request, responses, context, continuation);
        }

        _registry.Add(new ServerStreamingMethod<TRequest, TResponse>(method, DescriptorOf(method), MetadataOf(method, info), pipeline));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var (info, invoke) = Find<Func<TService, IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(method);
        DuplexStreamingServerMethod<TRequest, TResponse> pipeline =
            (requests, responses, context) => invoke(_service(context.GetHttpContext()), requests, responses, context);
        foreach (var interceptor in _innermostFirst)
        {
            var continuation = pipeline;
            pipeline = (requests, responses, context) =>
                interceptor(context.GetHttpContext()).DuplexStreamingServerHandler(requests, responses, context, continuation);
        }

        _registry.Add(new DuplexStreamingMethod<TRequest, TResponse>(method, DescriptorOf(method), MetadataOf(method, info), pipeline));
    }

    /// <summary>The implementation, as a delegate that takes the service first. An override is found through its base.</summary>
    private static (MethodInfo Info, TDelegate Invoke) Find<TDelegate>(IMethod method)
        where TDelegate : Delegate
    {
        var parameters = typeof(TDelegate).GetMethod(nameof(Action.Invoke))!.GetParameters().Skip(1).Select(parameter => parameter.ParameterType);
        var info = typeof(TService).GetMethod(method.Name, BindingFlags.Public | BindingFlags.Instance, [.. parameters])
            ?? throw new InvalidOperationException($"{typeof(TService)} has no method that fits {method.FullName}.");
        return (info, info.CreateDelegate<TDelegate>());
    }

    private static object[] MetadataOf(IMethod method, MethodInfo info) =>
    [
        new GrpcMethodMetadata(typeof(TService), method),
        .. typeof(TService).GetCustomAttributes(inherit: true),
        .. info.GetCustomAttributes(inherit: true),
    ];

    private MethodDescriptor? DescriptorOf(IMethod method) => _descriptor?.FindMethodByName(method.Name);
}

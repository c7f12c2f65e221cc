using Grpc.Net.Client.Configuration;

namespace Grpc.Net.Client;

/// <summary>How a channel reaches its server.</summary>
public sealed class GrpcChannelOptions
{
    /// <summary>Sends the requests; it is disposed with the channel only if <see cref="DisposeHttpClient"/> says so. Not together with <see cref="HttpHandler"/>.</summary>
    public HttpClient? HttpClient { get; set; }

    /// <summary>Sends the requests, such as one that trusts a certain certificate. Default: a new SocketsHttpHandler.</summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>Whether <see cref="HttpHandler"/> or <see cref="HttpClient"/> is disposed with the channel. Default: no.</summary>
    public bool DisposeHttpClient { get; set; }

    /// <summary>The largest response, in bytes after decompression; null for no limit. Default: 4 MiB.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>The largest request, in bytes; null for no limit. Default: no limit.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>How methods are called, such as which of them are called again when they fail. Default: none is.</summary>
    public ServiceConfig? ServiceConfig { get; set; }

    /// <summary>The most attempts at a call that any retry policy gets; null for no limit. Default: 5.</summary>
    public int? MaxRetryAttempts { get; set; } = 5;

    internal TimeProvider Time { get; set; } = TimeProvider.System;
}

using System.IO.Pipelines;
using System.Net;
using Grpc.Core;
using ServersGrpc.Rpc.Wire;

namespace ServersGrpc.Rpc.Client;

/// <summary>A call's requests as the body of an HTTP request, which stays open until the last one is written.</summary>
internal sealed class RequestContent<T> : HttpContent, IClientStreamWriter<T>
    where T : class
{
    private readonly Marshaller<T> _marshaller;
    private readonly FrameWriter _messages;
    private readonly Pipe _pipe = new();
    private readonly CancellationToken _callOver;
    private Task _last = Task.CompletedTask;
    private bool _isComplete;
    private bool _isSent;

    /// <param name="marshaller">Writes the requests.</param>
    /// <param name="maxSize">Of each of them.</param>
    /// <param name="callOver">Cancelled when the call has ended, so that no write waits for room any more.</param>
    public RequestContent(Marshaller<T> marshaller, int? maxSize, CancellationToken callOver)
    {
        _marshaller = marshaller;
        _messages = new FrameWriter(_pipe.Writer, gzip: null, maxSize);
        _callOver = callOver;
    }

    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (_isComplete || _callOver.IsCancellationRequested)
            throw new InvalidOperationException("Nothing can be written: the requests are complete, or the call is over.");
        if (!_last.IsCompleted)
            throw new InvalidOperationException("Only one write can be pending at a time.");
        return _last = WriteCoreAsync(message, cancellationToken);
    }

    public Task CompleteAsync()
    {
        _isComplete = true;
        return _pipe.Writer.CompleteAsync().AsTask();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // What was read from the pipe is gone, so that a connection which fails can't be replaced by another.
        if (_isSent)
            throw new IOException("The requests of the call were sent already.");
        _isSent = true;
        // Headers leave at once: the server may answer before the first request is written.
        await stream.FlushAsync(cancellationToken);
        while (true)
        {
            var read = await _pipe.Reader.ReadAsync(cancellationToken);
            foreach (var segment in read.Buffer)
                await stream.WriteAsync(segment, cancellationToken);
            await stream.FlushAsync(cancellationToken);
            _pipe.Reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return;
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private async Task WriteCoreAsync(T message, CancellationToken cancellationToken)
    {
        using var token = new Server.JoinedToken(_callOver, cancellationToken);
        _messages.Write(_marshaller, message, WriteOptions);
        await _pipe.Writer.FlushAsync(token.Token);
    }
}

using System.Buffers.Text;
using System.IO.Pipelines;
using ServersGrpc.Rpc.Wire;

namespace ServersGrpc.Rpc.Web;

/// <summary>Writes base64: what was written between two flushes is one part, padded by itself, so that it can be read at once.</summary>
internal sealed class Base64Writer(PipeWriter encoded) : PipeWriter
{
    private const int Capacity = 4096;

    private PooledBuffer? _part;

    private PooledBuffer Part => _part ??= new PooledBuffer(Capacity);

    public override void Advance(int bytes) => Part.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => Part.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => Part.GetSpan(sizeHint);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        EndPart();
        return encoded.FlushAsync(cancellationToken);
    }

    public override void CancelPendingFlush() => encoded.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        EndPart();
        encoded.Complete(exception);
    }

    private void EndPart()
    {
        if (_part is null)
            return;
        var bytes = _part.WrittenMemory.Span;
        Base64.EncodeToUtf8(bytes, encoded.GetSpan(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out var length);
        encoded.Advance(length);
        _part.Dispose();
        _part = null;
    }
}

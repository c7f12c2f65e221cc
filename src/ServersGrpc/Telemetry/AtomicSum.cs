namespace ServersGrpc.Telemetry;

/// <summary>A sum that many threads add to without a lock.</summary>
internal struct AtomicSum
{
    // The bits of the number: compared as they are, whatever the number is.
    private long _bits;

    public readonly double Value => BitConverter.Int64BitsToDouble(Volatile.Read(in _bits));

    public void Add(double value)
    {
        var seen = Volatile.Read(in _bits);
        while (true)
        {
            var sum = BitConverter.DoubleToInt64Bits(BitConverter.Int64BitsToDouble(seen) + value);
            var now = Interlocked.CompareExchange(ref _bits, sum, seen);
            if (now == seen)
                return;
            seen = now;
        }
    }
}

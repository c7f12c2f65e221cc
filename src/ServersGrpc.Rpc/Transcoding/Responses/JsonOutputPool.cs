using Microsoft.Extensions.ObjectPool;

namespace ServersGrpc.Rpc.Transcoding.Responses;

/// <summary>Keeps writers and their buffers for the next answer.</summary>
internal sealed class JsonOutputPool
{
    private readonly DefaultObjectPool<JsonOutput> _outputs;

    public JsonOutputPool() => _outputs = new DefaultObjectPool<JsonOutput>(new Policy(this));

    /// <summary>An empty output; disposing it gives it back.</summary>
    public JsonOutput Rent() => _outputs.Get();

    public void Return(JsonOutput output) => _outputs.Return(output);

    private sealed class Policy(JsonOutputPool pool) : IPooledObjectPolicy<JsonOutput>
    {
        public JsonOutput Create() => new(pool);

        public bool Return(JsonOutput output) => output.TryReset();
    }
}

namespace Grpc.Core;

/// <summary>Where a method's responses go.</summary>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>
{
}

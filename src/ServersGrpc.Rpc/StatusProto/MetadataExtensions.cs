using Google.Protobuf;

namespace Grpc.Core;

/// <summary>Rich errors in trailers.</summary>
public static class MetadataExtensions
{
    /// <summary>The trailer that holds a status with its details.</summary>
    internal const string DetailsKey = "grpc-status-details-bin";

    /// <summary>The status with its details, as far as the trailers carry one.</summary>
    /// <param name="metadata">The trailers of a call.</param>
    /// <param name="ignoreParseError">Whether bytes that are no such status are taken for none.</param>
    /// <exception cref="InvalidProtocolBufferException">The bytes are no such status.</exception>
    public static Google.Rpc.Status? GetRpcStatus(this Metadata metadata, bool ignoreParseError = false)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return metadata.GetValueBytes(DetailsKey) is { } bytes ? ParseStatus(bytes, ignoreParseError) : null;
    }

    /// <summary>Puts the status with its details into trailers.</summary>
    public static void SetRpcStatus(this Metadata metadata, Google.Rpc.Status status)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(status);
        if (metadata.Get(DetailsKey) is { } former)
            metadata.Remove(former);
        metadata.Add(DetailsKey, status.ToByteArray());
    }

    /// <summary>The value of that trailer; null for bytes that are no status, where these are to be ignored.</summary>
    internal static Google.Rpc.Status? ParseStatus(byte[] bytes, bool ignoreParseError)
    {
        try
        {
            return Google.Rpc.Status.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException) when (ignoreParseError)
        {
            // As asked: the status itself is known without its details.
            return null;
        }
    }
}

namespace Grpc.Core;

/// <summary>How a call ended. The numbers are those of the wire.</summary>
public enum StatusCode
{
    /// <summary>It succeeded.</summary>
    OK = 0,

    /// <summary>It was cancelled, as a rule by the caller.</summary>
    Cancelled = 1,

    /// <summary>It failed in a way that nobody foresaw.</summary>
    Unknown = 2,

    /// <summary>The request is wrong whatever the state of the system.</summary>
    InvalidArgument = 3,

    /// <summary>It was not done in time.</summary>
    DeadlineExceeded = 4,

    /// <summary>What was asked for does not exist.</summary>
    NotFound = 5,

    /// <summary>What should be made exists already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known and may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>Something that is limited is used up.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in a state for this, and trying again won't help.</summary>
    FailedPrecondition = 9,

    /// <summary>It lost against something concurrent; the caller may start over.</summary>
    Aborted = 10,

    /// <summary>Beyond the end of what there is.</summary>
    OutOfRange = 11,

    /// <summary>There is no such method, or it is not offered.</summary>
    Unimplemented = 12,

    /// <summary>An invariant is broken; also: what came over the wire makes no sense.</summary>
    Internal = 13,

    /// <summary>Not now; the same call may succeed later.</summary>
    Unavailable = 14,

    /// <summary>Data is lost or corrupt for good.</summary>
    DataLoss = 15,

    /// <summary>The caller is not known.</summary>
    Unauthenticated = 16,
}

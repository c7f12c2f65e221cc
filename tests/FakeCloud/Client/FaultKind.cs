namespace ServersGrpc.FakeCloud.Client;

/// <summary>What can go wrong. Each says which calls it fits; a rule that names no call waits for those.</summary>
public enum FaultKind
{
    /// <summary>Any call: done, then the connection is cut in place of the answer.</summary>
    AnswerLost,

    /// <summary>Any call: held for <see cref="Fault.Duration"/>, or until the rule is taken back; <see cref="Fault.Point"/> says whether what it asks is done by then.</summary>
    Hang,

    /// <summary>Any call: 429 with <see cref="Fault.Duration"/> as the time to wait.</summary>
    RateLimited,

    /// <summary>Any call: <see cref="Fault.Status"/> (500 without one), before or after it is done.</summary>
    ServerError,

    /// <summary>Any call: refused with <see cref="Fault.Status"/>, <see cref="Fault.Code"/> and <see cref="Fault.Message"/>.</summary>
    Refused,

    /// <summary>Create: there is none left of this size in this region.</summary>
    OutOfStock,

    /// <summary>Create: the name is taken.</summary>
    NotUnique,

    /// <summary>Create: made and billed, but its action ends in an error and it never runs.</summary>
    ActionFailed,

    /// <summary>Create: boots <see cref="Fault.Duration"/> later.</summary>
    SlowBoot,

    /// <summary>Create: runs, but takes no connection.</summary>
    Silent,

    /// <summary>Create: shows a certificate of an authority that nobody knows.</summary>
    WrongCertificate,

    /// <summary>Create: gone by itself after <see cref="Fault.Duration"/>.</summary>
    Vanishes,

    /// <summary>Create: has another address after <see cref="Fault.Duration"/>.</summary>
    AddressChange,

    /// <summary>Create: in listings only <see cref="Fault.Duration"/> later. Delete: in listings so much longer.</summary>
    ListingLag,

    /// <summary>Create, get, delete: denied for <see cref="Fault.Duration"/>, by id and in listings, though it is there and billed. A delete is acknowledged and not done.</summary>
    NotFoundEarly,

    /// <summary>Delete: acknowledged, and never done.</summary>
    DeleteIgnored,

    /// <summary>List: a page with one entry less than there is.</summary>
    ShortPage,

    /// <summary>List: a body that ends in its middle.</summary>
    BrokenPage,

    /// <summary>List: a page that does not lead to the next.</summary>
    MissingNext,

    /// <summary>List: a total that is not true.</summary>
    WrongTotal,
}

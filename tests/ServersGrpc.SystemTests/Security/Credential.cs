namespace ServersGrpc.SystemTests.Security;

/// <summary>What a caller may come with.</summary>
public enum Credential
{
    None,
    Garbage,
    Expired,
    Revoked,
    Viewer,
    Operator,
    Admin,
    OtherTeamsViewer,
    OtherTeamsOperator,
    OtherTeamsAdmin,
}

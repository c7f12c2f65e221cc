using ServersGrpc.Engine.Access;

namespace ServersGrpc.Auth.Authorization;

/// <summary>What is said to a caller that may not do what it asks for.</summary>
internal static class AccessRefusal
{
    public static string Message(Caller caller, string what) => caller.Scope.IsEverything
        ? $"{caller.Name} is {Article(caller.Role)}, who may not call {what}."
        : $"{caller.Name} is {Article(caller.Role)} of {caller.Scope}, who may not call {what}.";

    private static string Article(Role role) => role switch
    {
        Role.Viewer => "a viewer",
        Role.Operator => "an operator",
        _ => "an admin",
    };
}

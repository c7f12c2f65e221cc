namespace ServersGrpc.Engine.Lifecycle;

/// <summary>An instance that its provider misses, look after look.</summary>
/// <param name="Since">The timestamp of when it was first missed.</param>
/// <param name="Latest">The timestamp of the last miss that counts.</param>
/// <param name="Left">How many more must count until it is gone.</param>
internal readonly record struct Absence(long Since, long Latest, int Left)
{
    /// <summary>Whether it was missed for as long as its provider may miss what is there.</summary>
    public bool IsCertain => Left <= 0;
}

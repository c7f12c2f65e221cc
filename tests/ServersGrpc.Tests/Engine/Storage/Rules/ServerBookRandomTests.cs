namespace ServersGrpc.Tests.Engine.Storage.Rules;

/// <summary>The book and the rules against a model of them that is too simple to be wrong.</summary>
public sealed class ServerBookRandomTests
{
    private const int Seeds = 100;
    private const int Transactions = 60;

    [Fact]
    public void Write_AnythingAtRandom_AnswersAsANaiveBook()
    {
        for (var seed = 1; seed <= Seeds; seed++)
            new RandomWrites(seed).Run(Transactions);
    }
}

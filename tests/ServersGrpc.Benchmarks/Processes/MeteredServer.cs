using System.Reflection;
using ServersGrpc.Benchmarks.Results;

namespace ServersGrpc.Benchmarks.Processes;

/// <summary>
/// A program of this build that tells, for every line of its input, how much it has allocated so far. Nothing else about it is changed:
/// it is its own entry point that runs.
/// </summary>
internal static class MeteredServer
{
    public const string Subcommand = "metered";

    /// <summary>Begins the line that answers; the number of bytes follows.</summary>
    public const string AnswerMark = "Allocated: ";

    public static int Run(string program, string[] arguments)
    {
        // Ends with the process.
        new Thread(Answer) { IsBackground = true }.Start();
        return (int)Assembly.Load(program).EntryPoint!.Invoke(null, [arguments])!;
    }

    private static void Answer()
    {
        while (Console.ReadLine() is not null)
            Console.WriteLine(Report.Text($"{AnswerMark}{GC.GetTotalAllocatedBytes(precise: true)}"));
    }
}

using System.Runtime.InteropServices;

namespace SmartCity.Simulator;

/// <summary>Runs a simulator on its own: <c>dotnet run --project src/Simulator -- cities/{key} --urls http://localhost:5081</c>.</summary>
internal static class SimulatorProgram
{
    private const string Usage = "Usage: simulator <folder of a city pack> [--urls http://localhost:5081]";

    private static async Task<int> Main(string[] args)
    {
        string? folder = null;
        var url = "http://localhost:5081";
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--urls" && i + 1 < args.Length) url = args[++i];
            else if (folder is null && !args[i].StartsWith('-')) folder = args[i];
            else return Fail(Usage);
        }
        if (folder is null) return Fail(Usage);
        try
        {
            await using var simulator = CitySimulator.Load(folder, url);
            await simulator.StartAsync();
            Console.WriteLine($"The sources of {simulator.City} are simulated at {simulator.Address}. All data is made up. Ctrl+C ends it.");
            var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            void Stop(PosixSignalContext signal)
            {
                signal.Cancel = true;
                end.TrySetResult();
            }
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
            await end.Task;
            return 0;
        }
        catch (Exception wrong) when (wrong is InvalidDataException or ArgumentException or IOException)
        {
            return Fail(wrong.Message);
        }
    }

    private static int Fail(string message)
    {
        Console.Error.WriteLine(message);
        return 2;
    }
}

using System.Globalization;
using SmartCity.Bench;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
// a peer without anything in it, started as a program of its own: what a start costs at least
if (args is ["empty", var url]) return await EmptyApp.Run(url);
// the servers that are compared, each in a process of its own
if (args is ["serve", var server]) return await WallCity.Serve(server);
// one file in a process of its own, so that its memory can be measured
if (args is ["export", var kind, var file, var rows]) return ExportBench.Child(kind, file, int.Parse(rows, CultureInfo.InvariantCulture));
var all = new (string Name, Func<Task> Run)[]
{
    ("gtfs-rt", TransitBench.Run), ("live", LiveBench.Run), ("incident", IncidentBench.Run), ("streams", StreamBench.Run), ("page", PageBench.Run), ("wall", WallBench.Run), ("hosts", HostsBench.Run), ("start", StartBench.Run), ("ingest", StoreBench.Ingest), ("hours", StoreBench.Hours), ("replay", ReplayBench.Run),
    ("cameras", CameraBench.Run), ("feeds", CrowdBench.Run), ("xlsx", ExportBench.Xlsx), ("pdf", ExportBench.Pdf), ("fuzz", FuzzBench.Run),
};
// the fuzzing takes most of an hour and is asked for by name
var asked = args is [] or ["all"] ? all.Where(b => b.Name != "fuzz").ToArray() : [.. all.Where(b => args.Contains(b.Name))];
if (asked.Length == 0)
{
    await Console.Error.WriteLineAsync($"There are: {string.Join(", ", all.Select(b => b.Name))}, all (without fuzz).");
    return 1;
}
Console.WriteLine($"{Environment.ProcessorCount} cores, .NET {Environment.Version}, {DateTime.UtcNow:yyyy-MM-dd}");
foreach (var (name, run) in asked)
{
    Console.WriteLine();
    Console.WriteLine($"## {name}");
    Console.WriteLine();
    await run();
}
return 0;

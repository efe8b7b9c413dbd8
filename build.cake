#load "tools/bundle.cake"
using System.Xml.Linq;

// Build, Test, Pack, Bench: what a person runs is what the CI runs.
var target = Argument("target", "Build");
var configuration = Argument("configuration", "Release");
var solution = "SmartCity.sln";
var feed = MakeAbsolute(Directory("artifacts/packages"));
var results = MakeAbsolute(Directory("artifacts/tests"));

// one compiler server for all projects: a clean build takes a third of the time. It has a name of its own, so that ending
// it ends nobody else's.
var compiler = "smartcity-" + Guid.NewGuid().ToString("N");
DotNetMSBuildSettings Shared() => new DotNetMSBuildSettings { NodeReuse = false }.WithProperty("UseSharedCompilation", "true").WithProperty("SharedCompilationId", compiler);

Teardown(_ =>
{
    var server = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(typeof(object).Assembly.Location)!, "../../../sdk");
    var program = System.IO.Directory.Exists(server) ? System.IO.Directory.GetFiles(server, "VBCSCompiler.dll", SearchOption.AllDirectories) : [];
    foreach (var sdk in program)
        StartProcess("dotnet", new ProcessSettings { Arguments = new ProcessArgumentBuilder().AppendQuoted(sdk).Append("-shutdown").Append("-pipename:" + compiler), RedirectStandardOutput = true, RedirectStandardError = true });
});

Task("Restore").Does(() => DotNetRestore(solution, new DotNetRestoreSettings { LockedMode = true, MSBuildSettings = Shared() }));

// a lock file hides that a wanted version could not be had (NU1603), so the packages are also resolved once without it
Task("RestoreCheck").Does(() => DotNetRestore(solution, new DotNetRestoreSettings
{
    Force = true,
    MSBuildSettings = Shared().WithProperty("RestorePackagesWithLockFile", "false").WithProperty("NuGetLockFilePath", "obj/no.lock.json"),
}));

Task("Build").IsDependentOn("Restore").Does(() => DotNetBuild(solution, new DotNetBuildSettings { Configuration = configuration, NoRestore = true, MSBuildSettings = Shared() }));

Task("Packages").IsDependentOn("Build").Does(() =>
{
    CleanDirectory(feed);
    // hosts and tests are not packed, and need not be told so
    var packing = Shared().WithProperty("WarnOnPackingNonPackableProject", "false");
    packing.TreatAllWarningsAs = MSBuildTreatAllWarningsAs.Error;
    DotNetPack(solution, new DotNetPackSettings { Configuration = configuration, NoBuild = true, NoRestore = true, OutputDirectory = feed, MSBuildSettings = packing });
    Information("{0} packages in artifacts/packages", GetFiles(feed + "/*.nupkg").Count);
});

// the folder feed, and for each tier one signed file with everything that a closed network needs
Task("Pack").IsDependentOn("Packages").Does(() => Bundle(feed.FullPath, MakeAbsolute(Directory("artifacts/bundles")).FullPath));

Task("Test").IsDependentOn("RestoreCheck").IsDependentOn("Pack").Does(() =>
{
    CleanDirectory(results);
    var failed = new List<string>();
    // one after the other: they share the machine with a browser
    foreach (var project in GetFiles("tests/**/*Tests.csproj").OrderBy(p => p.FullPath))
    {
        var name = project.GetFilenameWithoutExtension().ToString();
        try
        {
            DotNetTest(project.FullPath, new DotNetTestSettings { Configuration = configuration, NoBuild = true, NoRestore = true, Loggers = ["trx;LogFileName=" + name + ".trx", "console;verbosity=normal"], ResultsDirectory = results });
        }
        catch (CakeException) { failed.Add(name); }
    }
    var sums = GetFiles(results + "/*.trx").Select(f => XDocument.Load(f.FullPath).Descendants().Single(e => e.Name.LocalName == "Counters")).ToList();
    int Sum(string what) => sums.Sum(c => (int)c.Attribute(what)!);
    int passed = Sum("passed"), skipped = Sum("total") - Sum("executed"), lost = Sum("total") - passed - skipped;
    // a project that died before it could write its results counts as one failure, not as none
    lost += failed.Count(name => !System.IO.File.Exists(results + "/" + name + ".trx"));
    System.IO.File.WriteAllText(results + "/sum.txt", $"{passed} passed, {lost} failed{(skipped > 0 ? $", {skipped} skipped" : "")}\n");
    if (failed.Count > 0 || lost > 0) throw new CakeException("Tests failed in " + string.Join(", ", failed));
});

Task("Bench").IsDependentOn("Build").Does(() => DotNetRun("bench/SmartCity.Bench", new ProcessArgumentBuilder().Append(Argument("bench", "all")), new DotNetRunSettings { Configuration = configuration, NoBuild = true, NoRestore = true }));

// pictures of every public page for a person to look at, in artifacts/screens
Task("Screens").IsDependentOn("Build").Does(() => DotNetRun("tests/SmartCity.BrowserTests", new ProcessArgumentBuilder().Append("-explicit").Append("only"), new DotNetRunSettings { Configuration = configuration, NoBuild = true, NoRestore = true }));

RunTarget(target);

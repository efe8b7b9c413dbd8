#load "tools/bundle.cake"
using System.Xml.Linq;

// Build, Test, Pack, Publish, Bench: what a person runs is what the CI runs.
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
    // the program as a machine runs it that has no SDK
    CleanDirectory("artifacts/host");
    DotNetPublish("src/Host", new DotNetPublishSettings { Configuration = configuration, NoBuild = true, NoRestore = true, OutputDirectory = "artifacts/host", MSBuildSettings = Shared() });
});

// the program compiled to machine code, with .NET in it: starts in a third of the time and needs nothing on its machine. For a system by name: --runtime=linux-x64
Task("Publish").Does(() =>
{
    var runtime = Argument("runtime", System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier);
    CleanDirectory("artifacts/" + runtime);
    // its packages depend on the system, and are not in the lock files
    DotNetPublish("src/Host", new DotNetPublishSettings { Configuration = configuration, Runtime = runtime, SelfContained = true, OutputDirectory = "artifacts/" + runtime,
        MSBuildSettings = Shared().WithProperty("PublishReadyToRun", "true").WithProperty("PublishReadyToRunComposite", "true").WithProperty("RestorePackagesWithLockFile", "false").WithProperty("NuGetLockFilePath", "obj/no.lock.json") });
});

// the folder feed, and for each tier one signed file with everything that a closed network needs
Task("Pack").IsDependentOn("Packages").Does(() => Bundle(feed.FullPath, MakeAbsolute(Directory("artifacts/bundles")).FullPath));

// of one run: the outcome of each test by its name, and what it said when it failed
Dictionary<string, (string Outcome, string Method, string Said)> Outcomes(string trx)
{
    if (!System.IO.File.Exists(trx)) return [];
    var run = XDocument.Load(trx);
    XName Of(string name) => run.Root!.Name.Namespace + name;
    var methods = run.Descendants(Of("UnitTest")).ToDictionary(t => (string)t.Attribute("id")!, t => t.Element(Of("TestMethod"))! is var m ? $"{(string)m.Attribute("className")}.{(string)m.Attribute("name")}" : "");
    return run.Descendants(Of("UnitTestResult")).GroupBy(r => (string)r.Attribute("testName")!).ToDictionary(g => g.Key, g => ((string)g.First().Attribute("outcome")!, methods[(string)g.First().Attribute("testId")!], g.First().Descendants(Of("Message")).FirstOrDefault()?.Value.Trim() ?? ""));
}

bool CutShort(string trx) => XDocument.Load(trx).Descendants().Any(t => t.Name.LocalName == "Text" && t.Value.Contains("test run was aborted", StringComparison.OrdinalIgnoreCase));

Task("Test").IsDependentOn("RestoreCheck").IsDependentOn("Pack").Does(() =>
{
    CleanDirectory(results);
    bool Run(FilePath project, string trx, string? only = null)
    {
        try
        {
            DotNetTest(project.FullPath, new DotNetTestSettings { Configuration = configuration, NoBuild = true, NoRestore = true, Filter = only, Loggers = ["trx;LogFileName=" + trx, "console;verbosity=normal"], ResultsDirectory = results });
            return true;
        }
        catch (CakeException) { return false; }
    }
    var (passed, lost, skipped) = (0, 0, 0);
    var told = new List<string>();
    // one after the other: they share the machine with a browser
    foreach (var project in GetFiles("tests/**/*Tests.csproj").OrderBy(p => p.FullPath))
    {
        var name = project.GetFilenameWithoutExtension().ToString();
        var good = Run(project, name + ".trx");
        var tests = Outcomes(results + "/" + name + ".trx");
        var failed = tests.Where(t => t.Value.Outcome == "Failed").ToList();
        // a machine that was short of breath fails a test or two that wait for a browser or a process: such are asked once
        // more, alone, and are named at the end whatever they answer
        // (not where the run was cut short: who knows what else had not been asked)
        if (failed.Count is > 0 and <= 3 && !CutShort(results + "/" + name + ".trx"))
        {
            good = Run(project, name + ".again.trx", string.Join("|", failed.Select(f => "FullyQualifiedName=" + f.Value.Method).Distinct()));
            foreach (var (test, outcome) in Outcomes(results + "/" + name + ".again.trx")) tests[test] = outcome;
        }
        foreach (var (test, first) in failed) told.Add($"{(tests[test].Outcome == "Passed" ? "Passed only when it was run again" : "Failed")}: {test}\n      {first.Said[..Math.Min(first.Said.Length, 1500)].ReplaceLineEndings("\n      ")}");
        var broken = tests.Count(t => t.Value.Outcome == "Failed");
        passed += tests.Count(t => t.Value.Outcome == "Passed");
        skipped += tests.Count(t => t.Value.Outcome == "NotExecuted");
        lost += broken;
        // a project that died before or while it wrote its results counts as one failure, not as none
        if (!good && broken == 0)
        {
            lost++;
            told.Add($"Failed: {name} ended without saying which test failed");
        }
    }
    System.IO.File.WriteAllText(results + "/sum.txt", $"{passed} passed, {lost} failed{(skipped > 0 ? $", {skipped} skipped" : "")}\n");
    var all = string.Join("\n  ", told);
    if (lost > 0) throw new CakeException($"{lost} tests failed:\n  {all}");
    if (told.Count > 0) Warning(all);
});

Task("Bench").IsDependentOn("Build").Does(() => DotNetRun("bench/SmartCity.Bench", new ProcessArgumentBuilder().Append(Argument("bench", "all")), new DotNetRunSettings { Configuration = configuration, NoBuild = true, NoRestore = true }));

// pictures of every public page for a person to look at, in artifacts/screens
Task("Screens").IsDependentOn("Build").Does(() => DotNetRun("tests/SmartCity.BrowserTests", new ProcessArgumentBuilder().Append("-explicit").Append("only"), new DotNetRunSettings { Configuration = configuration, NoBuild = true, NoRestore = true }));

RunTarget(target);

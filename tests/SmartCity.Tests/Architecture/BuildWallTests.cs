using System.Net;
using SmartCity.Tests.Pages;

namespace SmartCity.Tests.Architecture;

/// <summary>The walls in the build itself, tried on a copy of the repository. A minute or two: leave out with Category!=Slow.</summary>
[Trait("Category", "Slow")]
public sealed class BuildWallTests(RepositoryCopy copy) : IClassFixture<RepositoryCopy>
{
    private const string Folder = "TrailsAndParks", Key = "trails-and-parks";

    [Fact]
    public async Task A_module_that_refers_to_another_does_not_build()
    {
        var (wrong, other) = (Product.ModuleFolders[0], Product.ModuleFolders[1]);
        var project = copy.Path("src", "Modules", wrong, wrong + ".csproj");
        var right = await File.ReadAllTextAsync(project);
        await File.WriteAllTextAsync(project, $"""<Project Sdk="Microsoft.NET.Sdk.Razor"><ItemGroup><ProjectReference Include="../{other}/{other}.csproj" /></ItemGroup></Project>""");
        var (exit, said) = await copy.Build(project);
        await File.WriteAllTextAsync(project, right);
        Assert.NotEqual(0, exit);
        Assert.Contains($"error CITY002: The module {wrong} may not reference {other}. A module sees SharedKernel only", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_module_is_four_new_files_and_three_edited_lines_and_answers()
    {
        var before = copy.Texts();
        Write($"src/Modules/{Folder}/{Folder}.csproj", "csproj.txt");
        Write($"src/Modules/{Folder}/{Folder}Module.cs", "Module.cs.txt");
        Write($"src/Modules/{Folder}/Pages/{Folder}/Index.cshtml", "Index.cshtml.txt");
        Write($"src/Modules/{Folder}/Pages/{Folder}/Index.cshtml.cs", "Index.cshtml.cs.txt");
        Edit("src/Bundles/TierC/TierC.csproj", "  </ItemGroup>", $"    <ProjectReference Include=\"../../Modules/{Folder}/{Folder}.csproj\" />\n  </ItemGroup>");
        Edit("src/Bundles/TierC/TierC.cs", "];", $", new {Folder}.{Folder}Module()];");
        // the solution's format wants several lines a project, which nobody types: one command writes them
        var (added, told) = await copy.Dotnet("sln", copy.Path("SmartCity.sln"), "add", copy.Path("src", "Modules", Folder, Folder + ".csproj"));
        Assert.True(added == 0, told);
        var (files, all) = RepositoryCopy.Difference(before, copy.Texts());
        var inSolution = all.Where(l => l.StartsWith("SmartCity.sln:", StringComparison.Ordinal)).ToList();
        Assert.Single(inSolution, l => l.Contains($"\"{Folder}\"", StringComparison.Ordinal));
        List<string> lines = [.. all.Except(inSolution), "one entry in SmartCity.sln"];
        Assert.True(files.Count == 4, string.Join(Environment.NewLine, files));
        Assert.True(lines.Count == 3, string.Join(Environment.NewLine, lines));

        // the new module itself is built with every analyzer; the rest has been, and is not looked at again
        var (exit, said) = await copy.Build(copy.Path("src", "Modules", Folder, Folder + ".csproj"));
        Assert.True(exit == 0, said);
        (exit, said) = await copy.Build(copy.Path("src", "Host", "Host.csproj"), "-p:RunAnalyzers=false", "-p:GenerateDocumentationFile=false", "-p:EnforceCodeStyleInBuild=false");
        Assert.True(exit == 0, said);

        // a pack without sources: nothing here reaches outside this machine
        var pack = Directory.GetDirectories(copy.Path("cities")).Order(StringComparer.Ordinal).First();
        if (Directory.Exists(Path.Combine(pack, "feeds"))) Directory.Delete(Path.Combine(pack, "feeds"), recursive: true);
        var (host, address) = await copy.Run("--environment=Development", "--Simulator=", $"--City={pack}", $"--contentRoot={copy.Path("src", "Host")}", $"--Database={copy.Path("city.db")}");
        try
        {
            using var browser = new HttpClient { BaseAddress = address };
            using var answer = await browser.GetAsync("/en/" + Key, TestContext.Current.CancellationToken);
            var html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, html);
            Assert.Contains("<h1>New module</h1>", html, StringComparison.Ordinal);
            Assert.Contains($"href=\"/en/{Key}\" aria-current=\"page\"", html, StringComparison.Ordinal);
            Assert.Empty(WalkRules.Check(html, "en"));
        }
        finally
        {
            host.Kill(entireProcessTree: true);
            await host.WaitForExitAsync(TestContext.Current.CancellationToken);
            host.Dispose();
        }
    }

    [Fact]
    public void New_files_and_edited_lines_are_counted()
    {
        var before = new Dictionary<string, string[]> { ["a"] = ["1", "2", "2"], ["b"] = ["x"], ["c"] = ["y", "z"] };
        var after = new Dictionary<string, string[]> { ["a"] = ["1", "2", "2", "2"], ["b"] = ["changed"], ["c"] = ["y"], ["d"] = ["new"] };
        var (files, lines) = RepositoryCopy.Difference(before, after);
        Assert.Equal(["d"], files);
        Assert.Equal(["a: 2", "b: changed", "c: (removed)"], lines);
    }

    private void Write(string path, string template)
    {
        var file = copy.Path(path.Split('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, File.ReadAllText(Repository.Path("tests", "SmartCity.Tests", "Architecture", "Scaffold", template))
            .Replace("ModuleName", Folder, StringComparison.Ordinal).Replace("module-name", Key, StringComparison.Ordinal));
    }

    private void Edit(string path, string at, string to)
    {
        var file = copy.Path(path.Split('/'));
        var text = File.ReadAllText(file);
        var place = text.LastIndexOf(at, StringComparison.Ordinal);
        Assert.True(place >= 0, $"{path} has no {at}");
        File.WriteAllText(file, text[..place] + to + text[(place + at.Length)..]);
    }
}

namespace SmartCity.Tests.Architecture;

/// <summary>The walls hold over everything that was built, and each rule is seen to find what is wrong.</summary>
public sealed class WallTests
{
    private static void None(IEnumerable<string> violations)
    {
        var list = violations.ToList();
        Assert.True(list.Count == 0, string.Join(Environment.NewLine, list));
    }

    private static void Finds(string part, IEnumerable<string> violations) => Assert.Contains(violations, v => v.Contains(part, StringComparison.Ordinal));

    private static readonly string[] ModuleNames = [.. Product.Modules.Select(m => m.Name.Name)];

    [Fact]
    public void Every_module_project_is_in_the_top_bundle()
    {
        Assert.NotEmpty(Product.ModuleFolders);
        Assert.Equal(ModuleNames.Order(StringComparer.Ordinal), TierD.Modules.Select(m => m.GetType().Assembly.GetName().Name!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_module_sees_the_kernel_and_nothing_else() => None(Product.Modules.SelectMany(m => Walls.References(m, "SmartCity.SharedKernel")));

    [Fact]
    public void The_shell_sees_no_module() => None(Walls.References(Product.Shell, "SmartCity.SharedKernel"));

    [Fact]
    public void The_kernel_sees_nothing_of_the_product() => None(Walls.References(Product.Kernel));

    [Fact]
    public void The_rule_about_references_finds_one()
    {
        Finds("refers to SmartCity.Shell", Walls.References(Product.Tests, "SmartCity.SharedKernel"));
        Finds("SmartCity.TierD refers to SmartCity.TierC", Product.Bundles.SelectMany(b => Walls.References(b, "SmartCity.SharedKernel")));
    }

    [Fact]
    public void A_bundle_is_one_list_of_modules_and_bundles()
    {
        None(Product.Bundles.SelectMany(b => Walls.Bundle(b.Name.Name, [.. Product.Written(b)])));
        None(Product.Bundles.SelectMany(b => Walls.References(b, ["SmartCity.SharedKernel", .. ModuleNames, .. Product.Bundles.Select(other => other.Name.Name)])));
    }

    [Fact]
    public void The_rule_about_bundles_finds_logic_and_a_second_type()
    {
        var found = Walls.Bundle("canary", Product.Canaries("Bundles")).ToList();
        Finds("has 2 types", found);
        Finds("has Poor", found);
        Finds("has Rich", found);
        Finds("SecondType is not static", found);
        Finds("SecondType has no property Modules", found);
    }

    [Fact]
    public void A_module_shows_its_module_class_only() => None(Product.Modules.SelectMany(m => Walls.PublicSurface([.. Product.Written(m)])));

    [Fact]
    public void The_rule_about_the_public_surface_finds_a_leak_and_lets_a_seam_pass()
    {
        var found = Assert.Single(Walls.PublicSurface(Product.Canaries("Surface")));
        Assert.Contains("Leak is public", found, StringComparison.Ordinal);
        Finds("shows 0 module classes", Walls.PublicSurface(Product.Canaries("Open")));
    }

    [Fact]
    public void Classes_are_sealed() => None(Product.Modules.Append(Product.Shell).SelectMany(a => Walls.Open([.. Product.Written(a)])));

    [Fact]
    public void The_rule_about_sealed_classes_finds_an_open_one() => Assert.Contains("LeftOpen", Assert.Single(Walls.Open(Product.Canaries("Open"))), StringComparison.Ordinal);

    [Fact]
    public void Names_say_what_a_thing_is() => None(Product.All.SelectMany(a => Walls.EmptyNames(Product.Written(a))));

    [Fact]
    public void The_rule_about_names_finds_empty_ones_and_knows_the_frameworks_words()
    {
        var found = Walls.EmptyNames(Product.Canaries("Names")).ToList();
        Assert.Equal(2, found.Count);
        Finds("IncidentManager ends in Manager", found);
        Finds("StringUtil ends in Util", found);
    }

    [Fact]
    public void Every_excused_name_still_exists() =>
        Assert.Empty(Walls.Excused.Keys.Except(Product.All.SelectMany(Product.Written).Select(t => t.FullName)));

    [Fact]
    public void Calls_to_other_machines_are_made_in_one_place() => None(Product.Modules.Concat(Product.Bundles).Append(Product.Kernel).Append(Product.Shell).Append(Product.Host).SelectMany(a => Walls.Calls(a.MainModule.GetTypes())));

    [Fact]
    public void The_rule_about_calls_finds_each_way_to_make_one()
    {
        var found = Walls.Calls(Product.Tests.MainModule.GetTypes().Where(t => t.FullName.StartsWith("SmartCity.Tests.Architecture.Canaries.Calls.", StringComparison.Ordinal))).ToList();
        foreach (var way in new[] { "HttpClient..ctor", "SocketsHttpHandler..ctor", "TcpClient..ctor", "Socket..ctor", "UdpClient..ctor", "WebRequest.Create", "Dns.GetHostAddressesAsync", "SmtpClient..ctor", "ClientWebSocket..ctor", "Ping..ctor", "IHttpClientFactory.CreateClient", "XmlReader.Create", "XDocument.Load" }) Finds(way, found);
        Assert.Equal(13, found.Count);
        // and the shell would not pass without its one place
        Assert.Contains(Product.Shell.MainModule.GetTypes().Where(t => t.Namespace == Walls.Outbound).SelectMany(t => t.Methods.Where(m => m.HasBody)).SelectMany(m => m.Body.Instructions).Select(i => i.Operand).OfType<Mono.Cecil.MethodReference>(),
            m => m.DeclaringType.FullName == "System.Net.Http.HttpClient" && m.Name == ".ctor");
    }

    [Fact]
    public void A_modules_views_stay_in_its_own_folder_and_bring_no_layout()
    {
        None(Product.Modules.SelectMany(m => Walls.Views(m.Name.Name["SmartCity.".Length..], Walls.ViewsOf(m))));
        None(Product.ModuleFolders.SelectMany(m => Walls.Views(m, Directory.EnumerateFiles(Repository.Path("src", "Modules", m), "*.cshtml", SearchOption.AllDirectories)
            .Select(f => "/" + Path.GetRelativePath(Repository.Path("src", "Modules", m), f).Replace('\\', '/')).Where(f => !f.StartsWith("/obj/", StringComparison.Ordinal) && !f.StartsWith("/bin/", StringComparison.Ordinal)))));
    }

    [Fact]
    public void The_rule_about_views_reads_what_was_built_and_finds_what_leaks()
    {
        Assert.Contains("/Pages/_ViewStart.cshtml", Walls.ViewsOf(Product.Shell));
        Finds("ships /Pages/_ViewStart.cshtml", Walls.Views("Shell", Walls.ViewsOf(Product.Shell)));
        Finds("ships /Pages/Traffic/_Layout.cshtml", Walls.Views("Traffic", ["/Pages/Traffic/_Layout.cshtml"]));
        Finds("has /Pages/Index.cshtml", Walls.Views("Traffic", ["/Pages/Index.cshtml"]));
        None(Walls.Views("Traffic", ["/Pages/Traffic/Index.cshtml", "/Pages/_ViewImports.cshtml"]));
    }

    [Fact]
    public void A_modules_project_file_is_one_line() =>
        None(Product.ModuleFolders.SelectMany(m => Walls.ProjectFile(m, File.ReadAllText(Repository.Path("src", "Modules", m, m + ".csproj")))));

    [Fact]
    public void The_rule_about_project_files_finds_a_second_line() =>
        Finds("Host.csproj says more", Walls.ProjectFile("Host", File.ReadAllText(Repository.Path("src", "Host", "Host.csproj"))));

    [Fact]
    public void The_rule_about_project_files_lets_decided_packages_pass_and_no_other()
    {
        const string Decided = """<Project Sdk="x"><ItemGroup><PackageReference Include="CsvHelper" /><PackageReference Include="DocumentFormat.OpenXml" /><PackageReference Include="YamlDotNet" /></ItemGroup></Project>""";
        None(Walls.ProjectFile("Indicators", Decided));
        Finds("Traffic.csproj says more", Walls.ProjectFile("Traffic", Decided));
        Finds("Indicators.csproj says more", Walls.ProjectFile("Indicators", Decided.Replace("YamlDotNet", "Dapper", StringComparison.Ordinal)));
        Finds("Indicators.csproj says more", Walls.ProjectFile("Indicators", Decided.Replace("</ItemGroup>", """<ProjectReference Include="x" /></ItemGroup>""", StringComparison.Ordinal)));
        Assert.Empty(Walls.OwnPackages.Keys.Except(Product.ModuleFolders));
    }

    [Fact]
    public void Folder_key_and_class_carry_one_name() =>
        None(TierD.Modules.SelectMany(m => Walls.Name(m.GetType().Assembly.GetName().Name!["SmartCity.".Length..], m.Key, m.GetType().FullName!)));

    [Fact]
    public void The_rule_about_names_of_modules_finds_another_key_and_another_class()
    {
        Assert.Equal(2, Walls.Name("TrailsAndParks", "trails", "SmartCity.Trails.TrailsModule").Count());
        None(Walls.Name("TrailsAndParks", "trails-and-parks", "SmartCity.TrailsAndParks.TrailsAndParksModule"));
    }

    [Fact]
    public void The_kernel_stays_within_its_budget()
    {
        var files = Product.Sources(Repository.Path("src", "SharedKernel")).Count(f => f.EndsWith(".cs", StringComparison.Ordinal));
        Assert.True(files > 10, $"only {files} files were found");
        None(Walls.Budget(files));
    }

    [Fact]
    public void The_budget_of_the_kernel_can_be_exceeded() => Finds("docs/decisions", Walls.Budget(Walls.KernelBudget + 1));
}

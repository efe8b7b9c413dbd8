using System.Net.Sockets;
using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SmartCity.Shell.Access;
using SmartCity.Shell.City;
using SmartCity.Shell.Export;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Feeds.Desk;
using SmartCity.Shell.Hosts;
using SmartCity.Shell.Live;
using SmartCity.Shell.Localization;
using SmartCity.Shell.Map;
using SmartCity.Shell.Outbound;
using SmartCity.Shell.Replay;
using SmartCity.Shell.Store;

namespace SmartCity.Shell;

/// <summary>A city in ten lines: a host names its modules and runs.</summary>
public sealed class SmartCityApp
{
    private readonly WebApplication _app;
    private readonly IReadOnlyList<Command> _commands;

    private SmartCityApp(WebApplication app, IReadOnlyList<Command> commands) => (_app, _commands) = (app, commands);

    /// <summary>A command of the host: <c>dotnet run -- migrate</c>.</summary>
    internal sealed record Command(string[] Words);

    /// <summary>The running application, for hosts that add to it and for tests.</summary>
    public WebApplication Web => _app;

    /// <summary>Puts a city together.</summary>
    /// <param name="args">Arguments of the program: settings, or a command and its words.</param>
    /// <param name="choose">Names the modules and what is left out, replaced or added.</param>
    /// <exception cref="CannotStartException">Something that a person wrote is wrong; the message says what, in plain sentences.</exception>
    public static SmartCityApp Create(string[] args, Action<CityChoices> choose)
    {
        ArgumentNullException.ThrowIfNull(choose);
        // a flag of its own: as a setting it would swallow the next word
        var onlySay = args.Contains("--" + Packages.TierCommands.DryRun);
        var (words, settings) = Words([.. args.Where(a => a != "--" + Packages.TierCommands.DryRun)]);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = settings, ApplicationName = settings.Any(s => s.StartsWith("--applicationName=", StringComparison.OrdinalIgnoreCase)) ? null : Assembly.GetEntryAssembly()?.GetName().Name });
        builder.Configuration.AddEnvironmentVariables("SMARTCITY_");
        if (onlySay) builder.Configuration[Packages.TierCommands.DryRun] = "true";
        // a command's answer stands alone on the standard output
        if (words.Length > 0) builder.Logging.AddConsole(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        // the pack that a command names is the pack that it means
        if (words is ["feeds", "check", var named]) builder.Configuration["City"] = named;
        var choices = new CityChoices(builder.Services, builder.Configuration, builder.Environment);
        choose(choices);
        Register(builder, choices);
        // why a start failed is told in one sentence (RunAsync), not under a page of our own addresses
        var started = false;
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => started && level >= LogLevel.Warning);
        var app = builder.Build();
        app.Lifetime.ApplicationStarted.Register(() => started = true);
        Pipeline(app);
        return new(app, words.Length == 0 ? [] : [new(words)]);
    }

    // a command's words stand together; --settings may stand before and behind them
    private static (string[] Words, string[] Settings) Words(string[] args)
    {
        static bool IsSetting(string word) => word.StartsWith('-') || word.Contains('=', StringComparison.Ordinal);
        var before = args.TakeWhile(a => a.StartsWith("--", StringComparison.Ordinal) && a.Contains('=', StringComparison.Ordinal)).ToArray();
        var words = args.Skip(before.Length).TakeWhile(a => !IsSetting(a)).ToArray();
        var behind = args.Skip(before.Length + words.Length).ToArray();
        // the one word of a command that is written like a setting, so that nobody says it by mistake
        return words is ["restore", _] && behind.Contains("--over") ? ([.. words, "over"], [.. before, .. behind.Where(b => b != "--over")]) : (words, [.. before, .. behind]);
    }

    /// <summary>Runs until it is stopped, or carries out the command that the arguments name.</summary>
    /// <returns>Exit code: 0, or 1 after one clear sentence on the error output.</returns>
    public async Task<int> RunAsync()
    {
        try
        {
            if (_commands is [var command]) return await HostCommands.Run(_app.Services, command.Words);
            await _app.StartAsync();
            foreach (var line in _app.Services.GetServices<StartNotice>())
                // the city answers already: a database that is busy or gone in this moment costs a line, not the city
                try { await line.Write(_app, Console.Out); }
                catch (System.Data.Common.DbException busy) { await Console.Error.WriteLineAsync($"Part of this notice is missing: {busy.Message}"); }
            await _app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception wrong) when (Sentence(wrong) is { } sentence)
        {
            // what has begun already, such as asking the sources, ends before its tools are taken away
            await _app.StopAsync();
            await Console.Error.WriteLineAsync(sentence);
            return 1;
        }
        finally { await _app.DisposeAsync(); }
    }

    /// <summary>Runs a city and tells a person in one sentence why it cannot start.</summary>
    public static async Task<int> RunAsync(string[] args, Action<CityChoices> choose)
    {
        SmartCityApp city;
        // a pack that is wrong must not keep its own check from running
        if (Words(args) is (["city", "check", ..] and var words, var settings)) return await Checked(words, settings, choose);
        try { city = Create(args, choose); }
        catch (CannotStartException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return 1;
        }
        return await city.RunAsync();
    }

    private static async Task<int> Checked(string[] words, string[] settings, Action<CityChoices> choose)
    {
        try
        {
            var builder = WebApplication.CreateBuilder(settings);
            builder.Configuration.AddEnvironmentVariables("SMARTCITY_");
            if (words is [_, _, var named, ..]) builder.Configuration["City"] = named;
            var choices = new CityChoices(builder.Services, builder.Configuration, builder.Environment);
            choose(choices);
            var catalogue = Catalogue.Of(choices.Chosen, choices.Hidden, ShellContributions.All, choices.Added);
            return await new CityCheck(PackFolder(builder), catalogue, TimeProvider.System).Run(Console.Out);
        }
        catch (CannotStartException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return 1;
        }
    }

    /// <summary>Where the words of a city with these modules come from.</summary>
    internal static IReadOnlyList<Assembly> WordAssemblies(Catalogue catalogue) => [typeof(SmartCityApp).Assembly, .. catalogue.Modules.Select(m => m.GetType().Assembly).Distinct()];

    private static string? Sentence(Exception wrong) => wrong switch
    {
        CannotStartException or WrongPackException => wrong.Message,
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } =>
            $"The address is taken: {wrong.Message} Stop the other program, or choose another port: --urls http://localhost:5090 for the city, --Simulator http://localhost:5091 for its simulated sources.",
        SocketException { SocketErrorCode: SocketError.AccessDenied } => "The port may not be opened by this user: choose one above 1024, for example --urls http://localhost:5080",
        Npgsql.NpgsqlException => $"PostgreSQL cannot be used: {wrong.Message}. Check the setting Database.",
        Microsoft.Data.Sqlite.SqliteException => $"The embedded database cannot be used: {wrong.Message}. Check the setting Database and the rights on its folder.",
        _ => null,
    };

    private static void Register(WebApplicationBuilder builder, CityChoices choices)
    {
        var services = builder.Services;
        var folder = PackFolder(builder);
        // before everything else, so that the first fetch finds it
        if (choices.Simulator is { } simulator) services.AddSingleton(simulator(folder, choices.SimulatorAddress!));
        var pack = CityPack.Load(folder, choices.SimulatorAddress);
        var catalogue = Catalogue.Of(choices.Chosen, choices.Hidden, ShellContributions.All, choices.Added);
        var plans = FeedPlan.Load(pack, catalogue);
        catalogue.Lay(FeedOffers.Of(plans));

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(pack).AddSingleton<ICity>(pack).AddSingleton(catalogue).AddSingleton(plans);
        services.AddSingleton(new CityDatabase(builder.Configuration["Database"] ?? Path.Combine(builder.Environment.ContentRootPath, "data", pack.Key + ".db"), builder.Configuration["DatabaseReplica"] is { Length: > 0 } replica ? replica : null)).AddHostedService<ReplicaWatch>();
        services.AddSingleton<ICityDatabase>(s => s.GetRequiredService<CityDatabase>());
        services.AddSingleton(new ArchiveFolder(Path.GetFullPath(builder.Configuration["Archive"] ?? Path.Combine(builder.Environment.ContentRootPath, "data", "archive", pack.Key)))).AddSingleton<Months>().AddSingleton<Archive>().AddSingleton<Retention>().AddHostedService(s => s.GetRequiredService<Retention>());
        services.AddSingleton<DiskRoom>().AddSingleton<AnswerLog>().AddHostedService(s => s.GetRequiredService<AnswerLog>());
        services.AddSingleton<Backup.DatabaseCopy>().AddSingleton<Backup.Backups>().AddSingleton<Backup.DataCheck>();
        services.AddSingleton<Migrator>().AddSingleton(s => ActivatorUtilities.CreateInstance<ReadingStore>(s, pack.Zone)).AddModuleDb<FeedsDb>(FeedsDb.Module);
        services.AddSingleton(new Secrets(builder.Configuration)).AddSingleton<FeedStates>().AddSingleton<FeedBook>().AddSingleton<Replays>().AddScoped<Moment>().AddScoped(s => s.GetRequiredService<Moment>().Feeds);
        services.TryAddSingleton(AllowList.Of(builder.Configuration, choices.SimulatorAddress, pack.Sources.Values.Select(s => s.Address)));
        services.AddSingleton<AddressRule>().AddSingleton(s => new Dialer(s.GetRequiredService<AllowList>())).AddSingleton<SourceClient>();
        // no line of any log passes by it
        services.AddSingleton<LoggerFactory>().Replace(ServiceDescriptor.Singleton<ILoggerFactory, RedactedLogs>());
        services.AddSingleton<Signals>().AddSingleton<ISignals>(s => s.GetRequiredService<Signals>());
        services.AddSingleton(s => new WordBook(s.GetRequiredService<CityPack>(), WordAssemblies(catalogue), s.GetRequiredService<ILogger<WordBook>>()));
        services.AddSingleton<IWords>(s => s.GetRequiredService<WordBook>());
        services.AddSingleton<PartialRenderer>().AddScoped<MapReader>().AddScoped<DatasetReader>().AddScoped<Search.CitySearch>().AddScoped<IDatasets>(s => s.GetRequiredService<DatasetReader>());
        services.AddSingleton(new Export.Pdf.PdfFonts(builder.Configuration)).AddSingleton<Cells>().AddSingleton<Press>().AddScoped<DatasetDocument>();
        services.AddModuleDb<Reports.ReportsDb>(Reports.ReportsDb.Module).AddScoped<Reports.ReportBook>().AddScoped<Reports.KeptReports>().AddSingleton<Reports.ReportRuns>();
        services.AddSingleton<IDocumentFormat, WorkbookFormat>().AddSingleton<IDocumentFormat, Export.Pdf.PdfFormat>();
        services.AddSingleton(s => new LiveParts(CityParts.Of(catalogue, s.GetRequiredService<FeedBook>()), s.GetRequiredService<IServiceScopeFactory>(), s.GetRequiredService<PartialRenderer>(), s.GetRequiredService<CityDatabase>()));
        services.AddSingleton<Readiness>();
        services.AddHostedService<DatabaseWatch>();
        services.AddHostedService<FirstStep>();
        services.AddSingleton<Duty>().AddSingleton<IDuty>(s => s.GetRequiredService<Duty>()).AddHostedService(s => s.GetRequiredService<Duty>());
        services.AddSingleton<HostNotes>().AddHostedService(s => s.GetRequiredService<HostNotes>());
        services.AddSingleton<StreamPlaces>().AddSingleton<LiveStreams>().AddHostedService(s => s.GetRequiredService<LiveStreams>());
        SharedPages.Register(services);
        services.AddSingleton<FeedLoop>().AddHostedService(s => s.GetRequiredService<FeedLoop>());
        services.TryAddSingleton<ILivePictures, LivePictures>();
        services.AddHostedService(s => s.GetRequiredService<Reports.ReportRuns>());
        FeedDeskSetup.Register(services);

        services.AddSingleton(new StartNotice((app, to) => to.WriteLineAsync($"The city is at {AccessSetup.AddressOf(app.Urls)}")));
        AccessSetup.Register(services, builder.Configuration, pack);
        services.AddSingleton(NextSteps.Notice);
        var authorization = services.AddAuthorizationBuilder();
        foreach (var permission in catalogue.All.OfType<Permission>())
            authorization.AddPolicy(permission.Key, p => p.AddRequirements(new PermissionRequirement(permission.Key)));
        authorization.SetFallbackPolicy(new AuthorizationPolicyBuilder().AddRequirements(new PermissionRequirement(ShellContributions.Administer)).Build());

        services.AddHttpContextAccessor();
        // letters of every script are written as themselves: half the bytes of a Korean page
        services.Configure<Microsoft.Extensions.WebEncoders.WebEncoderOptions>(o => o.TextEncoderSettings = new(System.Text.Unicode.UnicodeRanges.All));
        services.AddRouting(o => { o.LowercaseUrls = true; o.ConstraintMap[LanguageRoute.Name] = typeof(LanguageRoute); });
        var mvc = services.AddRazorPages(o =>
        {
            o.Conventions.Add(new LanguageBeforePages());
            o.Conventions.Add(new PagePermissions(catalogue));
        });
        LeaveOut(mvc.PartManager, catalogue);
        services.AddResponseCompression(o =>
        {
            o.EnableForHttps = true;
            o.Providers.Add<BrotliCompressionProvider>();
            o.Providers.Add<GzipCompressionProvider>();
            o.MimeTypes = ["text/html", "text/css", "text/javascript", "application/json", "application/geo+json", "text/csv", "image/svg+xml"];
        });
        // the default is the fastest: a third more bytes for a millisecond
        services.Configure<BrotliCompressionProviderOptions>(o => o.Level = System.IO.Compression.CompressionLevel.Optimal);
        services.Configure<GzipCompressionProviderOptions>(o => o.Level = System.IO.Compression.CompressionLevel.Optimal);
        services.AddProblemDetails();
        builder.WebHost.UseSockets(s => s.CreateBoundListenSocket = SlowReaders.Listen).ConfigureKestrel(k =>
        {
            k.AddServerHeader = false;
            k.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            k.Limits.MaxRequestBodySize = 64 * 1024;
        });
        // build output run outside Development would answer 500 for every static file
        builder.WebHost.UseStaticWebAssets();
        // and would send them uncompressed, in case somebody edits them
        if (!builder.Environment.IsDevelopment()) builder.Configuration["ReloadStaticAssetsAtRuntime"] ??= "false";
        services.AddSingleton<Brand>();
        var broken = new BrokenModules(catalogue);
        foreach (var module in catalogue.Modules) broken.Try(module, services, () => module.AddServices(services, builder.Configuration.GetSection(module.Key)));
        services.AddSingleton(broken);
    }

    // an assembly may be referenced by a bundle while its module is not chosen: its pages must not exist
    private static void LeaveOut(ApplicationPartManager parts, Catalogue catalogue)
    {
        var chosen = catalogue.Modules.Select(m => m.GetType().Assembly).ToHashSet();
        foreach (var part in parts.ApplicationParts.ToList())
        {
            var assembly = part switch { AssemblyPart a => a.Assembly, CompiledRazorAssemblyPart r => r.Assembly, _ => null };
            if (assembly is not null && !chosen.Contains(assembly) && assembly.GetExportedTypes().Any(t => !t.IsAbstract && typeof(IModule).IsAssignableFrom(t))) parts.ApplicationParts.Remove(part);
        }
        // a host that is a test or a tool does not stamp the parts that it reaches through other projects
        foreach (var assembly in chosen.Append(typeof(SmartCityApp).Assembly).Where(a => parts.ApplicationParts.OfType<CompiledRazorAssemblyPart>().All(p => p.Assembly != a)))
            foreach (var part in ApplicationPartFactory.GetApplicationPartFactory(assembly).GetApplicationParts(assembly)) parts.ApplicationParts.Add(part);
    }

    private static string PackFolder(WebApplicationBuilder builder)
    {
        var setting = builder.Configuration["City"] ?? throw new CannotStartException("No city is chosen: set City to the folder of a city pack, for example --City cities/my-city.");
        if (Path.IsPathRooted(setting)) return setting;
        foreach (var start in new[] { builder.Environment.ContentRootPath, Directory.GetCurrentDirectory(), AppContext.BaseDirectory })
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
                if (File.Exists(Path.Combine(folder.FullName, setting, "city.json"))) return Path.Combine(folder.FullName, setting);
        throw new CannotStartException($"There is no city pack at {setting}. It is looked for beside the program, in the working folder and in the folders above them.");
    }

    private static void Pipeline(WebApplication app)
    {
        if (Proxies.Of(app.Configuration["Proxies"]) is { } proxies) app.UseForwardedHeaders(proxies);
        app.UseMiddleware<SafeHeaders>();
        // a stream is one request for hours, and what a page passes through would wait with it, thousands of times
        app.UseWhen(http => http.Request.Path != "/live", pages =>
        {
            pages.UseExceptionHandler("/error");
            SharedPages.Use(pages);
            pages.UseResponseCompression();
            pages.UseMiddleware<SameOriginOnly>();
            pages.UseMiddleware<LanguageInAddress>();
            pages.UseMiddleware<Admission>();
            pages.UseStatusCodePagesWithReExecute("/error", "?status={0}");
            pages.UseMiddleware<LastPages>();
        });
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        BrokenModules.Use(app);
        app.UseMiddleware<StreamsEndWithRights>();
        app.UseMiddleware<ReplayRequest>();
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorPages().WithStaticAssets();
        CityEndpoints.Map(app);
        DataFiles.Map(app);
        Reports.ReportFiles.Map(app);
        AccessSetup.Map(app);
        FeedEndpoints.Map(app);
        var broken = app.Services.GetRequiredService<BrokenModules>();
        foreach (var module in app.Services.GetRequiredService<Catalogue>().Modules)
            broken.Try(module, null, () => module.MapEndpoints(app.MapGroup("/" + module.Key).RequireAuthorization(Catalogue.ViewOf(module.Key))));
        broken.Log(app.Logger);
    }
}

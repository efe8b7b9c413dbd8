using Mono.Cecil;

namespace SmartCity.Tests.Architecture;

/// <summary>The rules of docs/shape.md. Each takes what was built or written and gives the violations, as sentences.</summary>
internal static class Walls
{
    /// <summary>Files of the kernel; more needs a decision record.</summary>
    public const int KernelBudget = 25;

    /// <summary>Endings that say nothing about what a thing is.</summary>
    public static readonly string[] EmptyEndings = ["Service", "Manager", "Helper", "Util", "Utils", "Handler", "Processor", "Dto", "Impl"];

    /// <summary>Names that keep such an ending, each with its reason. A type that takes the ending from the framework's
    /// class that it extends (TagHelper, AuthorizationHandler) needs no line here.</summary>
    public static readonly IReadOnlyDictionary<string, string> Excused = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>An assembly refers to nothing of the product but what it is allowed to see.</summary>
    public static IEnumerable<string> References(AssemblyDefinition assembly, params string[] allowed) =>
        assembly.MainModule.AssemblyReferences.Select(r => r.Name).Where(n => n.StartsWith("SmartCity.", StringComparison.Ordinal) && !allowed.Contains(n))
            .Select(n => $"{assembly.Name.Name} refers to {n}; it may see {(allowed.Length == 0 ? "nothing of this product" : string.Join(", ", allowed))}.");

    /// <summary>A bundle is one static class with the property Modules, and nothing else.</summary>
    public static IEnumerable<string> Bundle(string name, IReadOnlyCollection<TypeDefinition> types)
    {
        if (types.Count != 1) yield return $"The bundle {name} has {types.Count} types; a bundle is one list.";
        foreach (var type in types)
        {
            if (!(type.IsAbstract && type.IsSealed)) yield return $"{type.FullName} is not static.";
            foreach (var member in type.Methods.Where(m => m.Name != "get_Modules").Cast<IMemberDefinition>().Concat(type.Fields).Concat(type.Events))
                yield return $"{type.FullName} has {member.Name}; a bundle is a list and holds no logic.";
            if (type.Properties.All(p => p.Name != "Modules")) yield return $"{type.FullName} has no property Modules.";
        }
    }

    /// <summary>What a module shows is its module class; beside it only a seam that a city may fill, I…Source, and the types that seam speaks of.</summary>
    public static IEnumerable<string> PublicSurface(IReadOnlyCollection<TypeDefinition> types)
    {
        var shown = types.Where(t => t.IsPublic || t.IsNestedPublic).ToList();
        var modules = shown.Where(t => t.Interfaces.Any(i => i.InterfaceType.FullName == typeof(IModule).FullName)).ToList();
        if (modules.Count != 1) yield return $"{types.FirstOrDefault()?.Module.Assembly.Name.Name} shows {modules.Count} module classes; it has exactly one.";
        var spoken = new HashSet<string>(StringComparer.Ordinal);
        var seams = new Queue<TypeDefinition>(shown.Where(t => t.IsInterface && t.Name.EndsWith("Source", StringComparison.Ordinal)));
        while (seams.TryDequeue(out var seam))
        {
            if (!spoken.Add(seam.FullName)) continue;
            foreach (var name in seam.Methods.Where(m => m.IsPublic).SelectMany(m => m.Parameters.Select(p => p.ParameterType).Append(m.ReturnType)).SelectMany(Parts))
                if (shown.FirstOrDefault(t => t.FullName == name) is { } next) seams.Enqueue(next);
        }
        foreach (var type in shown.Except(modules).Where(t => !spoken.Contains(t.FullName) && !(t.DeclaringType is { } outer && spoken.Contains(outer.FullName))))
            yield return $"{type.FullName} is public; make it internal sealed. Others see a module's class, and seams named I…Source.";
    }

    private static IEnumerable<string> Parts(TypeReference type) => type is GenericInstanceType generic
        ? generic.GenericArguments.SelectMany(Parts).Append(type.GetElementType().FullName) : [type.GetElementType().FullName];

    /// <summary>A class is sealed or static, unless another of the same assembly extends it.</summary>
    public static IEnumerable<string> Open(IReadOnlyCollection<TypeDefinition> types)
    {
        var extended = types.Select(t => t.BaseType?.GetElementType().FullName).ToHashSet();
        return types.Where(t => t.IsClass && !t.IsValueType && !t.IsEnum && !t.IsSealed && !extended.Contains(t.FullName))
            .Select(t => $"{t.FullName} is open and nothing extends it; make it sealed.");
    }

    /// <summary>Names say what a thing is.</summary>
    public static IEnumerable<string> EmptyNames(IEnumerable<TypeDefinition> types) =>
        from type in types
        let name = type.Name.Split('`')[0]
        from ending in EmptyEndings
        where name.EndsWith(ending, StringComparison.Ordinal) && !Excused.ContainsKey(type.FullName) && !FrameworksWord(type, ending)
        select $"{type.FullName} ends in {ending}; name it after what it is. See docs/shape.md.";

    private static bool FrameworksWord(TypeDefinition type, string ending) =>
        type.BaseType is { } parent && !parent.Namespace.StartsWith("SmartCity", StringComparison.Ordinal) && parent.Name.Split('`')[0].EndsWith(ending, StringComparison.Ordinal);

    /// <summary>Where calls to other machines are made; the one place that may.</summary>
    public const string Outbound = "SmartCity.Shell.Outbound";

    // what opens a connection or looks a name up; reading from an address is hidden in the last two
    private static readonly HashSet<string> Callers = new(StringComparer.Ordinal)
    {
        "System.Net.Http.HttpClient", "System.Net.Http.HttpMessageInvoker", "System.Net.Http.SocketsHttpHandler", "System.Net.Http.HttpClientHandler", "System.Net.Http.IHttpClientFactory", "System.Net.Http.WinHttpHandler",
        "Microsoft.Extensions.DependencyInjection.HttpClientFactoryServiceCollectionExtensions", "System.Net.WebRequest", "System.Net.HttpWebRequest", "System.Net.FtpWebRequest", "System.Net.WebClient", "System.Net.Dns",
        "System.Net.Sockets.Socket", "System.Net.Sockets.TcpClient", "System.Net.Sockets.UdpClient", "System.Net.WebSockets.ClientWebSocket", "System.Net.Mail.SmtpClient", "System.Net.NetworkInformation.Ping", "System.Net.Quic.QuicConnection",
        "System.Xml.XmlUrlResolver",
    };

    /// <summary>Nobody makes a call to another machine but the one factory: whoever takes a client of it uses it, and makes none.</summary>
    public static IEnumerable<string> Calls(IEnumerable<TypeDefinition> types) =>
        from type in types
        where type.Namespace != Outbound && Outermost(type).Namespace != Outbound
        from method in type.Methods
        where method.HasBody
        from called in method.Body.Instructions.Select(i => i.Operand).OfType<MethodReference>()
        where Callers.Contains(called.DeclaringType.FullName) && (called.Name == ".ctor" || !called.HasThis || called.DeclaringType.Name.EndsWith("Factory", StringComparison.Ordinal)) || FromAddress(called)
        select $"{Outermost(type).FullName} calls {called.DeclaringType.Name}.{called.Name}; calls to other machines are made by SourceClient, and clients by {Outbound}.OutboundHttp.";

    private static TypeDefinition Outermost(TypeDefinition type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    // XmlReader.Create(text) and its like take an address
    private static bool FromAddress(MethodReference called) => called.Parameters.Count > 0 && called.Parameters[0].ParameterType.FullName == "System.String"
        && (called.DeclaringType.FullName, called.Name) is ("System.Xml.XmlReader", "Create") or ("System.Xml.Linq.XDocument", "Load") or ("System.Xml.Linq.XElement", "Load") or ("System.Xml.XmlDocument", "Load") or ("System.Xml.XPath.XPathDocument", ".ctor");

    /// <summary>A module's views lie below its own folder of Pages, and none of them is a layout or a view start: those would
    /// leak into the pages of other modules.</summary>
    public static IEnumerable<string> Views(string module, IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            var file = path.Split('/')[^1];
            if (file is "_ViewStart.cshtml" or "_Layout.cshtml" || file.EndsWith("Layout.cshtml", StringComparison.Ordinal)) yield return $"{module} ships {path}; only the shell has layouts and a _ViewStart.";
            else if (file != "_ViewImports.cshtml" && !path.StartsWith($"/Pages/{module}/", StringComparison.Ordinal)) yield return $"{module} has {path}; its views lie below /Pages/{module}/, or they would shadow another module's.";
        }
    }

    /// <summary>Paths of the views that an assembly was built with.</summary>
    public static IEnumerable<string> ViewsOf(AssemblyDefinition assembly) => assembly.CustomAttributes
        .Where(a => a.AttributeType.Name == "RazorCompiledItemAttribute").Select(a => (string)a.ConstructorArguments[2].Value);

    /// <summary>Packages that a module has for itself, by decision 10; all other modules have none.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> OwnPackages = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["Indicators"] = ["CsvHelper", "DocumentFormat.OpenXml", "YamlDotNet"],
        ["UrbanProjects"] = ["YamlDotNet"],
    };

    /// <summary>A module's project file is one line, or states the packages that were decided and nothing of the product.</summary>
    public static IEnumerable<string> ProjectFile(string name, string text) => text.Trim() == """<Project Sdk="Microsoft.NET.Sdk.Razor" />""" || OwnPackages.TryGetValue(name, out var packages) && OnlyPackages(text, packages) ? []
        : [$"{name}.csproj says more than one line; what all modules need stands in src/Modules/Directory.Build.props, and a module needs nothing else. A package of its own needs a decision record."];

    private static bool OnlyPackages(string text, string[] packages)
    {
        var items = System.Xml.Linq.XDocument.Parse(text).Root!.Elements("ItemGroup").SelectMany(g => g.Elements()).ToList();
        return items.TrueForAll(i => i.Name.LocalName == "PackageReference") && items.Select(i => (string?)i.Attribute("Include")).Order(StringComparer.Ordinal).SequenceEqual(packages, StringComparer.Ordinal);
    }

    /// <summary>The key of a module is its folder's name in lower-case words joined by hyphens, and its class and namespace carry that name.</summary>
    public static IEnumerable<string> Name(string folder, string key, string type)
    {
        var kebab = Kebab(folder);
        if (key != kebab) yield return $"The module in {folder} has the key {key}; it should be {kebab}.";
        if (type != $"SmartCity.{folder}.{folder}Module") yield return $"The module in {folder} is the class {type}; it should be SmartCity.{folder}.{folder}Module.";
    }

    /// <summary>The kernel stays small on purpose.</summary>
    public static IEnumerable<string> Budget(int files) => files <= KernelBudget ? []
        : [$"src/SharedKernel has {files} files and its budget is {KernelBudget}. Every module sees all of it: put the new thing into the shell or a module, or write down in docs/decisions why the kernel must grow, and change the number here."];

    private static string Kebab(string name) => string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : "-") + char.ToLowerInvariant(c) : c.ToString()));
}

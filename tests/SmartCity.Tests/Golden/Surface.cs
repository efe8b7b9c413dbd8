using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace SmartCity.Tests.Golden;

/// <summary>What a city depends on, a line each: addresses, public members, contributions, permissions.</summary>
internal static class Surface
{
    /// <summary>Every address, with the verbs and the permissions it asks for.</summary>
    public static IReadOnlyList<string> Routes(IServiceProvider services) => Sorted(services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        // files are served by a route each, and their names carry a fingerprint of their content
        .Where(e => e.Metadata.All(m => m.GetType().Name is not "StaticAssetDescriptor") && e.DisplayName != "Fallback {**path:file}")
        .Select(e => $"{Verbs(e)} /{e.RoutePattern.RawText?.TrimStart('/')} : {Opens(e)}"));

    private static string Verbs(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not null ? "PAGE"
        : string.Join(',', (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["ANY"]).Order(StringComparer.Ordinal));

    private static string Opens(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null ? "open"
        : string.Join(" and ", endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(a => a.Policy ?? "signed in").Distinct(StringComparer.Ordinal).DefaultIfEmpty("administrators"));

    /// <summary>Every contribution: kind, key, permission, and where it leads.</summary>
    public static IReadOnlyList<string> Contributions(IServiceProvider services) => Sorted(services.GetRequiredService<Shell.Catalogue>().Declared.Where(c => c is not Permission)
        .Select(c => $"{(c is Dataset ? nameof(Dataset) : c.GetType().Name)} {c.Key} : {Shell.Catalogue.PermissionOf(c)}{Detail(c)}"));

    private static string Detail(Contribution contribution) => contribution switch
    {
        MenuItem menu => " -> " + menu.Url,
        Command command => " -> " + command.Url,
        Tile tile => $" -> {tile.Url} after {string.Join(", ", tile.Topics)}",
        MapLayer layer => $" of {layer.Dataset}.{layer.Column}",
        Dataset dataset => $" ({string.Join(", ", dataset.Columns.Select(c => c.Unit.Length == 0 ? c.Key : $"{c.Key} [{c.Unit}]"))}){(dataset.Filters.Count == 0 ? "" : $" by {string.Join(", ", dataset.Filters.Select(f => f.Name))}")}",
        Feed feed => $" {feed.Kind}{(feed.Properties.Count == 0 ? "" : $" ({string.Join(", ", feed.Properties.Select(p => $"{p.Key} [{p.Unit}]"))})")}",
        Report report => $" of {string.Join(", ", report.Datasets)}",
        _ => "",
    };

    /// <summary>Every permission and the roles that hold it unless an administrator says otherwise.</summary>
    public static IReadOnlyList<string> Permissions(IServiceProvider services) => Sorted(services.GetRequiredService<Shell.Catalogue>().All.OfType<Permission>()
        .Select(p => $"{p.Key} : {string.Join(", ", p.DefaultRoles.OrderBy(r => Roles.All.ToList().IndexOf(r)).DefaultIfEmpty(Roles.Administrator))}"));

    /// <summary>Every member that another assembly can see, as a signature.</summary>
    public static IReadOnlyList<string> PublicMembers(IEnumerable<Assembly> assemblies) => Sorted(assemblies.SelectMany(a => a.GetExportedTypes()
        .Where(t => t.Namespace != "AspNetCoreGeneratedDocument").SelectMany(t => Members(t).Prepend($"{Kind(t)} {Name(t)}{Bases(t)}").Select(m => $"[{a.GetName().Name}] {m}"))));

    private static IEnumerable<string> Members(Type type)
    {
        const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (var member in type.GetMembers(Own))
        {
            if (member.Name.Contains('<', StringComparison.Ordinal) || member is Type || member.Name == "EqualityContract") continue;
            var line = member switch
            {
                FieldInfo field when (field.IsPublic || field.IsFamily) && !field.IsSpecialName => type.IsEnum ? $" = {Convert.ToInt64(field.GetRawConstantValue(), System.Globalization.CultureInfo.InvariantCulture)}" : $" : {Name(field.FieldType)}",
                PropertyInfo property when Shown(property.GetMethod) || Shown(property.SetMethod) =>
                    $"{(property.IsDefined(typeof(System.Runtime.CompilerServices.RequiredMemberAttribute)) ? " required" : "")}{(property.GetIndexParameters() is { Length: > 0 } index ? $"[{Parameters(index)}]" : "")} : {Name(property.PropertyType)}{Mark(property.PropertyType, Nullability.Create(property).ReadState)} {{{(Shown(property.GetMethod) ? " get;" : "")}{(Shown(property.SetMethod) ? IsInit(property.SetMethod!) ? " init;" : " set;" : "")} }}",
                ConstructorInfo constructor when Shown(constructor) && !IsCopy(type, constructor) => $"({Parameters(constructor.GetParameters())})",
                // what a record brings by itself tells nothing
                MethodInfo method when Shown(method) && !method.IsSpecialName && !IsRecords(method) => $"{(method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "")}({Parameters(method.GetParameters())}) : {Name(method.ReturnType)}{Mark(method.ReturnType, Nullability.Create(method.ReturnParameter).ReadState)}",
                EventInfo known when Shown(known.AddMethod) => $" event {Name(known.EventHandlerType!)}",
                _ => null,
            };
            if (line is not null) yield return $"{Name(type)}.{(member is ConstructorInfo ? "new" : member.Name)}{line}";
        }
    }

    private static readonly NullabilityInfoContext Nullability = new();
    private static string Mark(Type type, NullabilityState state) => !type.IsValueType && state == NullabilityState.Nullable ? "?" : "";
    private static bool Shown(MethodBase? method) => method is not null && (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly);
    private static bool IsCopy(Type type, ConstructorInfo constructor) => constructor.GetParameters() is [{ Name: "original" } only] && only.ParameterType == type;
    private static bool IsInit(MethodInfo setter) => setter.ReturnParameter.GetRequiredCustomModifiers().Any(m => m.Name == "IsExternalInit");
    private static bool IsRecords(MethodInfo method) => method.Name is "Deconstruct" or "PrintMembers" or "GetHashCode" or "Equals" or "ToString" or "Finalize";

    private static string Kind(Type type) => type.IsInterface ? "interface" : type.IsEnum ? "enum" : type.IsValueType ? "struct" : type.IsAbstract && type.IsSealed ? "static class" : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";

    private static string Bases(Type type) => type.IsEnum || type.IsValueType ? "" : string.Join(", ", (type.BaseType is { } parent && parent != typeof(object) ? [parent] : Array.Empty<Type>())
        .Concat(type.GetInterfaces().Where(i => !i.Name.StartsWith("IEquatable", StringComparison.Ordinal) && type.BaseType?.GetInterfaces().Contains(i) != true).OrderBy(i => i.FullName, StringComparer.Ordinal)).Select(Name)) is { Length: > 0 } bases ? " : " + bases : "";

    private static string Parameters(ParameterInfo[] parameters) => string.Join(", ", parameters.Select(p =>
        $"{(p.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "")}{Name(p.ParameterType)}{Mark(p.ParameterType, Nullability.Create(p).WriteState)} {p.Name}{(p.HasDefaultValue ? $" = {p.DefaultValue ?? "null"}" : "")}"));

    private static string Name(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value) return Name(value) + "?";
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (type.IsByRef) return "ref " + Name(type.GetElementType()!);
        if (type.IsGenericParameter) return type.Name;
        var name = type.IsNested ? $"{Name(type.DeclaringType!)}.{type.Name}" : type.Namespace?.StartsWith("SmartCity", StringComparison.Ordinal) == true ? type.FullName ?? type.Name : type.Name;
        if (!type.IsGenericType) return name;
        return $"{name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }

    private static IReadOnlyList<string> Sorted(IEnumerable<string> lines) => [.. lines.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}

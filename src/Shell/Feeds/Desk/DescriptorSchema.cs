using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace SmartCity.Shell.Feeds.Desk;

/// <summary>The JSON Schema of a descriptor, for editors: made from the types and their docstrings, published with the product.</summary>
internal static partial class DescriptorSchema
{
    private const string Resource = "feed.schema.json";

    /// <summary>The schema as it is published: the file beside this one, and the same in <c>docs/</c>; a test keeps both equal to <see cref="Of"/>.</summary>
    public static Stream Published() => typeof(DescriptorSchema).Assembly.GetManifestResourceStream(Resource)!;

    /// <summary>Makes the schema anew.</summary>
    /// <param name="docs">The compiler's documentation of this assembly.</param>
    public static string Of(XDocument docs)
    {
        var summaries = docs.Descendants("member").Where(m => m.Element("summary") is not null).ToDictionary(m => m.Attribute("name")!.Value, m => Words(m.Element("summary")!), StringComparer.Ordinal);
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            NumberHandling = JsonNumberHandling.Strict,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
            RespectNullableAnnotations = true,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOut } },
        };
        var schema = options.GetJsonSchemaAsNode(typeof(FeedDescriptor), new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = (context, node) => Describe(context, node, summaries) }).AsObject();
        var root = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["title"] = "SmartCity feed descriptor", ["description"] = summaries.GetValueOrDefault("T:" + typeof(FeedDescriptor).FullName) };
        foreach (var (key, value) in schema.ToList()) if (key is not ("$schema" or "title" or "description")) root[key] = value?.DeepClone();
        root["required"] = new JsonArray("feed");
        return root.ToJsonString(new() { WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
    }

    // what YAML does not read is no key of a file
    private static void LeaveOut(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(p => p.AttributeProvider?.IsDefined(typeof(YamlDotNet.Serialization.YamlIgnoreAttribute), true) == true || p.Set is null).ToList()) type.Properties.Remove(property);
    }

    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode node, Dictionary<string, string> summaries)
    {
        if (node is not JsonObject schema) return node;
        // a misspelt key is an error at the start, so an editor says it too
        if (context.TypeInfo.Kind == JsonTypeInfoKind.Object && schema["properties"] is JsonObject) schema["additionalProperties"] = false;
        if (context.PropertyInfo is { } property && property.AttributeProvider is System.Reflection.PropertyInfo member)
        {
            if (summaries.GetValueOrDefault($"P:{member.DeclaringType!.FullName!.Replace('+', '.')}.{member.Name}") is { } summary) schema["description"] = summary;
            if (member.DeclaringType == typeof(FeedDescriptor) && member.Name == nameof(FeedDescriptor.Format)) schema["enum"] = new JsonArray([.. Formats.Formats.Names.Select(n => (JsonNode)n)]);
            if (member.DeclaringType == typeof(FeedDescriptor) && member.Name == nameof(FeedDescriptor.Kind)) schema["enum"] = new JsonArray([.. Enum.GetNames<FeedKind>().Select(n => (JsonNode)n.ToLowerInvariant())]);
        }
        return schema;
    }

    // <see cref="P:…Name"/> is Name, <c>x</c> is x
    private static string Words(XElement summary)
    {
        var text = string.Concat(summary.Nodes().Select(n => n switch
        {
            XText t => t.Value,
            XElement { Name.LocalName: "see" } see when see.Attribute("cref")?.Value is { } cref => char.ToLowerInvariant(cref[cref.LastIndexOf('.') + 1]) + cref[(cref.LastIndexOf('.') + 2)..],
            XElement e => e.Value,
            _ => "",
        }));
        return Spaces().Replace(text, " ").Trim();
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)] private static partial Regex Spaces();
}

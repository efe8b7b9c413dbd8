using System.Text.Json;
using System.Xml.Linq;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Feeds.Desk;

namespace SmartCity.Tests.Feeds.Desk;

/// <summary>The schema that editors complete descriptors by is the types', and the guide's examples are what they say they are.</summary>
public sealed class DeskSchemaTests
{
    private static string Made() => DescriptorSchema.Of(XDocument.Load(Path.ChangeExtension(typeof(FeedDescriptor).Assembly.Location, ".xml")));

    [Fact]
    public void The_published_schema_is_the_one_that_the_types_make()
    {
        // one is served, the other is read beside the guide
        foreach (var file in new[] { Repository.Path("docs", "feed.schema.json"), Repository.Path("src", "Shell", "Feeds", "Desk", "feed.schema.json") })
        {
            if (Environment.GetEnvironmentVariable("SMARTCITY_WRITE_GOLDEN") == "1") File.WriteAllText(file, Made());
            Assert.True(Made() == File.ReadAllText(file), $"{file} is not what the types make: run this test once with SMARTCITY_WRITE_GOLDEN=1, build again, and commit the file.");
        }
        using var published = new StreamReader(DescriptorSchema.Published());
        Assert.Equal(Made(), published.ReadToEnd());
    }

    [Fact]
    public void It_explains_every_key_that_has_something_to_say_and_refuses_others()
    {
        using var schema = JsonDocument.Parse(Made());
        var properties = schema.RootElement.GetProperty("properties");
        Assert.StartsWith("Key of the module's feed", properties.GetProperty("feed").GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.Contains("csv", properties.GetProperty("format").GetProperty("enum").EnumerateArray().Select(e => e.GetString()));
        Assert.False(schema.RootElement.GetProperty("additionalProperties").GetBoolean());
        Assert.False(properties.TryGetProperty("file", out _));
        Assert.Contains("Calls a day", properties.GetProperty("schedule").GetProperty("properties").GetProperty("perDay").GetProperty("description").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_key_of_every_descriptor_and_preset_of_the_product_stands_in_it()
    {
        using var schema = JsonDocument.Parse(Made());
        var wrong = new List<string>();
        foreach (var file in Directory.GetFiles(Repository.Path("presets"), "*.yaml").Concat(Directory.GetDirectories(Repository.Path("cities")).SelectMany(c => Directory.GetFiles(Path.Combine(c, "feeds"), "*.yaml"))))
        {
            var yaml = new YamlDotNet.RepresentationModel.YamlStream();
            yaml.Load(new StringReader(File.ReadAllText(file)));
            if (yaml.Documents.Count > 0) Unknown((YamlDotNet.RepresentationModel.YamlMappingNode)yaml.Documents[0].RootNode, schema.RootElement, Path.GetFileName(file), wrong, schema.RootElement);
        }
        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }

    private static void Unknown(YamlDotNet.RepresentationModel.YamlMappingNode tree, JsonElement schema, string where, List<string> wrong, JsonElement root)
    {
        if (schema.TryGetProperty("$ref", out var reference))
            schema = reference.GetString()!.Split('/').Skip(1).Aggregate(root, (at, key) => at.GetProperty(key));
        foreach (var (key, value) in tree.Children)
        {
            var name = ((YamlDotNet.RepresentationModel.YamlScalarNode)key).Value!;
            if (!(schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(name, out var below)) && !(schema.TryGetProperty("additionalProperties", out below) && below.ValueKind == JsonValueKind.Object)) wrong.Add($"{where}: {name}");
            else if (value is YamlDotNet.RepresentationModel.YamlMappingNode inner) Unknown(inner, below, $"{where}: {name}", wrong, root);
        }
    }

    [Fact]
    public void A_descriptor_that_was_written_says_the_same_when_it_is_read()
    {
        var city = CityPack.Load(Repository.Path("cities", "seoul"));
        foreach (var file in Directory.GetFiles(Repository.Path("cities", "seoul", "feeds"), "*.yaml"))
        {
            var problems = new List<Shell.Problem>();
            var read = Presets.Of(city, problems).Read(Path.GetFileName(file), File.ReadAllText(file), problems)!;
            var written = FeedYaml.Write(read, city);
            var again = Presets.Of(city, problems).Read(Path.GetFileName(file), written, problems);
            Assert.Empty(problems);
            Assert.Equal(JsonSerializer.Serialize(read), JsonSerializer.Serialize(again));
            // and not longer than a person would write it
            Assert.True(written.Split('\n').Length <= File.ReadAllLines(file).Length + 25, $"{Path.GetFileName(file)}:\n{written}");
        }
    }
}

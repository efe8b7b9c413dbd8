using SmartCity.Shell;

namespace SmartCity.Tests.Catalogues;

/// <summary>Wrong declarations stop the start, all of them told at once; what a city leaves out or replaces is gone or replaced.</summary>
public sealed class CatalogueTests
{
    private static readonly Text T = Text.Of("것", "thing");
    private static readonly IReadOnlySet<string> NoneHidden = new HashSet<string>();

    private sealed class Module(string key, params Contribution[] contributions) : IModule
    {
        public string Key => key;
        public Text Title => T;
        public IEnumerable<Contribution> Contributions => contributions;
    }

    private sealed class Thrower : IModule
    {
        public string Key => "thrower";
        public Text Title => T;
        public IEnumerable<Contribution> Contributions => throw new InvalidOperationException("the list is broken");
    }

    private sealed record Row(string Name);
    private sealed record OtherRow(string Name);

    private static Dataset Data(string key, params string[] columns) =>
        Dataset.Of<Row>(key, T, [], T, _ => Task.FromResult<IReadOnlyList<Row>>([]), [.. columns.Select(c => Column.Text<Row>(c, T, r => r.Name))]);

    private static Tile TileOf(string key, params string[] topics) => new(key, T, topics, _ => ValueTask.FromResult(new TileFace { Feed = "a.feed" })) { Url = "/a" };

    private static Shell.Catalogue Of(params IModule[] modules) => Shell.Catalogue.Of(modules, NoneHidden);

    private static string Refusal(params IModule[] modules) => Assert.Throws<CannotStartException>(() => Of(modules)).Message;

    /// <summary>Every kind of mistake, with the sentence that tells of it.</summary>
    public static TheoryData<string> Mistakes => [.. Wrong.Keys];

    private static readonly Dictionary<string, (IModule[] Modules, string Sentence)> Wrong = new(StringComparer.Ordinal)
    {
        ["two modules with one key"] = ([new Module("a"), new Module("a")], "a: two modules have this key"),
        ["a module key with capitals"] = ([new Module("Big")], "Big: a module's key is lower-case words"),
        ["an empty module key"] = ([new Module("")], ": a module's key is lower-case words"),
        ["contributions that throw"] = ([new Thrower()], "thrower: its contributions cannot be read: the list is broken"),
        ["a key without its module's prefix"] = ([new Module("a", new MenuItem("b.menu", T, "/a"))], "b.menu: a key of the module a reads a.thing"),
        ["a key without a dot"] = ([new Module("a", new MenuItem("menu", T, "/a"))], "menu: a key of the module a reads a.thing"),
        ["a key with capitals"] = ([new Module("a", new MenuItem("a.Menu", T, "/a"))], "a.Menu: a key of the module a reads a.thing"),
        ["two menu lines with one key"] = ([new Module("a", new MenuItem("a.menu", T, "/a"), new MenuItem("a.menu", T, "/b"))], "a.menu: two contributions of the kind MenuItem have this key"),
        ["two datasets with one key"] = ([new Module("a", Data("a.data", "x"), Data("a.data", "x"))], "a.data: two contributions of the kind Dataset have this key"),
        ["two datasets of different rows with one key"] = ([new Module("a", Data("a.data", "x"),
            Dataset.Of<OtherRow>("a.data", T, [], T, _ => Task.FromResult<IReadOnlyList<OtherRow>>([])))], "a.data: two contributions of the kind Dataset have this key"),
        ["an unknown permission"] = ([new Module("a", new MenuItem("a.menu", T, "/a") { Permission = "a.secret" })], "a.menu: asks for the permission a.secret, which nobody declares"),
        ["an unknown role"] = ([new Module("a", new Permission("a.view", T, "Emperor"))], "a.view: is given to the role Emperor, which does not exist"),
        ["a tile with an unknown topic"] = ([new Module("a", TileOf("a.tile", "a.nowhere"))], "a.tile: follows the topic a.nowhere"),
        ["a dataset with an unknown topic"] = ([new Module("a", Dataset.Of<Row>("a.data", T, ["a.nowhere"], T, _ => Task.FromResult<IReadOnlyList<Row>>([])))], "a.data: follows the topic a.nowhere"),
        ["a dataset with an unknown feed"] = ([new Module("a", Data("a.data", "x") with { Feed = "a.nowhere" })], "a.data: follows the topic a.nowhere"),
        ["a dataset with a column twice"] = ([new Module("a", Data("a.data", "x", "x"))], "a.data: has the column x twice"),
        ["a layer of an unknown dataset"] = ([new Module("a", new MapLayer("a.layer", T, "a.nowhere", "x", MapStyle.Fill))], "a.layer: draws the dataset a.nowhere, which nobody declares"),
        ["a layer of an unknown column"] = ([new Module("a", Data("a.data", "x"), new MapLayer("a.layer", T, "a.data", "y", MapStyle.Fill))], "a.layer: draws the column y, which a.data does not have"),
        ["a report of an unknown dataset"] = ([new Module("a", new Report("a.report", T, ["a.nowhere"]))], "a.report: prints the dataset a.nowhere, which nobody declares"),
        ["a menu line without a slash"] = ([new Module("a", new MenuItem("a.menu", T, "a"))], "a.menu: leads to a; an address begins with a slash"),
        ["a command without a slash"] = ([new Module("a", new Command("a.open", T, "a", T))], "a.open: leads to a; an address begins with a slash"),
        ["a tile without a slash"] = ([new Module("a", TileOf("a.tile") with { Url = "a" })], "a.tile: leads to a; an address begins with a slash"),
        ["a layer without a slash"] = ([new Module("a", Data("a.data", "x"), new MapLayer("a.layer", T, "a.data", "x", MapStyle.Fill) { Url = "a" })], "a.layer: leads to a; an address begins with a slash"),
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_wrong_declaration_stops_the_start_with_a_sentence(string mistake) =>
        Assert.Contains($"  - {Wrong[mistake].Sentence}", Refusal(Wrong[mistake].Modules), StringComparison.Ordinal);

    [Fact]
    public void Every_mistake_of_every_module_is_told_in_one_message()
    {
        var message = Refusal(new Thrower(), new Module("a", new MenuItem("b.menu", T, "a") { Permission = "a.secret" }, new Permission("a.view", T, "Emperor")), new Module("c", new Report("c.report", T, ["c.nowhere", "c.nowhere-else"])));
        string[] sentences = ["thrower: its contributions", "b.menu: a key of", "b.menu: asks for", "b.menu: leads to", "a.view: is given", "c.report: prints the dataset c.nowhere,", "c.report: prints the dataset c.nowhere-else,"];
        Assert.All(sentences, s => Assert.Contains(s, message, StringComparison.Ordinal));
        Assert.Equal(sentences.Length + 1, message.Split(Environment.NewLine).Length);
    }

    [Fact]
    public void A_right_module_is_taken_as_it_is()
    {
        var catalogue = Of(new Module("a", new Permission("a.view", T, Roles.Anyone), new Feed("a.feed", T, FeedKind.Documents), Data("a.data", "x") with { Feed = "a.feed" }, TileOf("a.tile", "a.feed", "a.data"), new Report("a.report", T, ["a.data"])));
        Assert.Equal(["a.view", "a.feed", "a.data", "a.tile", "a.report"], catalogue.All.Select(c => c.Key));
    }

    [Fact]
    public void A_module_without_a_view_permission_is_open_to_administrators_only() =>
        Assert.Equal([Roles.Administrator], Of(new Module("a")).Find<Permission>("a.view")!.DefaultRoles);

    [Fact]
    public void A_contribution_without_a_permission_asks_for_its_modules_view()
    {
        var catalogue = Of(new Module("a", new Permission("a.edit", T), new MenuItem("a.menu", T, "/a"), new MenuItem("a.edit-menu", T, "/a/edit") { Permission = "a.edit" }));
        Assert.Equal(["a.view", "a.edit"], catalogue.All.OfType<MenuItem>().Select(Shell.Catalogue.PermissionOf));
    }

    [Fact]
    public void Contributions_stand_by_order_and_then_by_title()
    {
        var catalogue = Of(new Module("a", new MenuItem("a.c", Text.Same("C"), "/c"), new MenuItem("a.b", Text.Same("B"), "/b"), new MenuItem("a.z", Text.Same("Z"), "/z") { Order = -1 }));
        Assert.Equal(["a.z", "a.b", "a.c"], catalogue.Of<MenuItem>().Select(c => c.Key));
    }

    [Fact]
    public void What_is_left_out_is_gone_and_what_pointed_to_it_still_starts()
    {
        IModule module = new Module("a", new Feed("a.feed", T, FeedKind.Documents), Data("a.data", "x") with { Feed = "a.feed" }, TileOf("a.tile", "a.feed"),
            new MapLayer("a.layer", T, "a.data", "x", MapStyle.Fill), new Report("a.report", T, ["a.data"]));
        var catalogue = Shell.Catalogue.Of([module], new HashSet<string> { "a.data", "a.feed" });
        Assert.Null(catalogue.Find<Dataset>("a.data"));
        Assert.Null(catalogue.Find<Feed>("a.feed"));
        Assert.NotNull(catalogue.Find<Tile>("a.tile"));
    }

    [Theory]
    [InlineData("b.menu")]
    [InlineData("a.men")]
    [InlineData("menu")]
    public void Leaving_out_what_nobody_offers_is_a_mistake(string key) =>
        Assert.Contains($"{key}: is to be left out, but no module has it", Assert.Throws<CannotStartException>(() =>
            Shell.Catalogue.Of([new Module("a", new MenuItem("a.menu", T, "/a"))], new HashSet<string> { key })).Message, StringComparison.Ordinal);
}

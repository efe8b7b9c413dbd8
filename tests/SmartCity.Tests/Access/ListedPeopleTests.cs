using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Access;

namespace SmartCity.Tests.Access;

/// <summary><c>users.yaml</c> of the city pack: it makes accounts, and takes nothing from an administrator's hand.</summary>
public sealed class ListedPeopleTests : IDisposable
{
    private readonly string _pack = Directory.CreateTempSubdirectory("smartcity-users-").FullName;

    public ListedPeopleTests()
    {
        foreach (var file in Directory.GetFiles(Repository.Path("cities", "tashkent"))) File.Copy(file, Path.Combine(_pack, Path.GetFileName(file)));
    }

    private Task<TestCity> Start(params string[] lines)
    {
        File.WriteAllText(Path.Combine(_pack, "users.yaml"), lines.Length == 0 ? "users: []\n" : "users:\n" + string.Concat(lines.Select(l => $"  - {{{l}}}\n")));
        return TestCity.StartPack("tashkent", _ => { }, $"--City={_pack}", $"--Database={Path.Combine(_pack, "data", "city.db")}");
    }

    // "Official transport", as the database has it
    private static async Task<string?> Account(TestCity city, string name)
    {
        await using var db = await city.Services.GetRequiredService<IDbContextFactory<AccessDb>>().CreateDbContextAsync();
        if (await db.Users.SingleOrDefaultAsync(p => p.UserName == name) is not { } person) return null;
        Assert.Null(person.PasswordHash);
        var roles = await (from r in db.UserRoles join role in db.Roles on r.RoleId equals role.Id where r.UserId == person.Id orderby role.Name select role.Name).ToListAsync();
        return $"{string.Join('+', roles)} {person.Department}".Trim();
    }

    private static async Task<(int Code, string Said)> Command(TestCity city, bool links, string? name = null)
    {
        var said = new StringWriter();
        return (await ListedPeople.Command(city.Services, links, name, said, said), said.ToString());
    }

    private static async Task<Guid> Id(TestCity city, string name)
    {
        await using var db = await city.Services.GetRequiredService<IDbContextFactory<AccessDb>>().CreateDbContextAsync();
        return (await db.Users.SingleAsync(p => p.UserName == name)).Id;
    }

    [Fact]
    public async Task Whoever_is_in_the_file_has_an_account_and_comes_in_by_a_link()
    {
        await using var city = await Start("name: desk.one, role: official, department: transport", "name: chief, role: administrator");
        Assert.Equal("Official transport", await Account(city, "desk.one"));
        Assert.Equal("Administrator", await Account(city, "chief"));
        Assert.Contains("no way in yet", (await Command(city, false)).Said, StringComparison.Ordinal);
        var (code, said) = await Command(city, true);
        Assert.Equal(0, code);
        var link = said.Split('\n').Single(l => l.Contains("desk.one", StringComparison.Ordinal)).Split(' ')[^1].Trim();
        using var guest = city.Client();
        using (var used = await guest.Send(new Uri(link).PathAndQuery, null)) Assert.Equal("/uz/account", used.Headers.Location!.OriginalString);
        Assert.Equal("desk.one", await guest.Who());
        using (var set = await guest.Send("/en/account", "Password", ("next", "long enough words"))) Assert.True((int)set.StatusCode < 400);
        // who has a way in is given no further link unasked
        Assert.DoesNotContain("desk.one", (await Command(city, true)).Said, StringComparison.Ordinal);
        Assert.Contains("desk.one", (await Command(city, true, "Desk.One")).Said, StringComparison.Ordinal);
        Assert.Equal(1, (await Command(city, true, "stranger")).Code);
        using var boss = await city.Client(Roles.Administrator);
        var rows = (await boss.Open("/en/people")).QuerySelectorAll("tbody tr").Select(r => r.TextContent).ToList();
        Assert.Contains(rows, r => r.Contains("chief", StringComparison.Ordinal) && r.Contains("no password or passkey yet", StringComparison.Ordinal));
        Assert.Contains(rows, r => r.Contains("desk.one", StringComparison.Ordinal) && !r.Contains("no password", StringComparison.Ordinal));
        await using var db = await city.Services.GetRequiredService<IDbContextFactory<AccessDb>>().CreateDbContextAsync();
        Assert.Contains(await db.Audit.ToListAsync(), a => a is { Kind: "person-created", Subject: "desk.one", Person: "users.yaml" });
    }

    [Fact]
    public async Task A_change_of_the_file_holds_where_nobody_changed_the_account_by_hand()
    {
        await using (var before = await Start("name: left, role: official, department: transport", "name: touched, role: official, department: transport", "name: leaver, role: official"))
        {
            using var boss = await before.Client(Roles.Administrator);
            using var _ = await boss.Send($"/en/people/{await Id(before, "touched")}", "Roles", ("roles", Roles.Official), ("roles", Roles.DepartmentHead));
        }
        await using var city = await Start("name: left, role: department-head, department: ecology", "name: touched, role: mayor, department: ecology");
        Assert.Equal("DepartmentHead ecology", await Account(city, "left"));
        Assert.Equal("DepartmentHead+Official transport", await Account(city, "touched"));
        // nobody vanishes without a word
        Assert.Equal("Official", await Account(city, "leaver"));
        using var chief = await city.Client(Roles.Administrator);
        var told = (await chief.Open("/en/people")).QuerySelectorAll("section[aria-labelledby=file] li").Select(l => l.TextContent.Trim()).ToList();
        Assert.Equal(["leaver is no longer in the file. The account stays until it is locked here.", "touched: the file says Mayor · Ecology Department. The account was changed by hand and stays as it is."], told);
        Assert.Contains("no longer in users.yaml", (await Command(city, false)).Said, StringComparison.Ordinal);
        // whoever has left and is locked needs no further word
        using var locked = await chief.Send($"/en/people/{await Id(city, "leaver")}", "Lock");
        Assert.DoesNotContain("leaver is no longer", (await chief.Open("/en/people")).QuerySelector("section[aria-labelledby=file]")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_who_was_there_before_the_file_is_left_as_they_are()
    {
        await using (var before = await Start())
        {
            await using var scope = before.Services.CreateAsyncScope();
            Assert.NotNull((await scope.ServiceProvider.GetRequiredService<People>().Create("old.hand", Roles.Mayor)).Person);
        }
        await using var city = await Start("name: Old.Hand, role: citizen");
        Assert.Equal("Mayor", await Account(city, "old.hand"));
    }

    public void Dispose() => Directory.Delete(_pack, recursive: true);
}

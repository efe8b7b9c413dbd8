using System.Net;
using System.Text;
using AngleSharp.Dom;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Outbound;
using SmartCity.Tests.Access;

namespace SmartCity.Tests.Feeds.Desk;

/// <summary>A city without modules and an administrator at the desk; sources of tests are agreed to by the operator.</summary>
internal sealed class DeskCity : IAsyncDisposable
{
    public const string Secret = "k/e+y-4711-push";
    private readonly HashSet<string> _inside;

    private DeskCity(TestCity city, HashSet<string> inside) => (City, _inside) = (city, inside);

    public TestCity City { get; }
    public HttpClient Chief { get; private set; } = null!;
    public FeedBook Book => City.Services.GetRequiredService<FeedBook>();
    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<DeskCity> Start(params string[] settings)
    {
        var inside = new HashSet<string>(StringComparer.Ordinal);
        var city = new DeskCity(await TestCity.Start(c => c.Services.AddSingleton(new AllowList(inside, new HashSet<string>())), [$"--Secrets:sensors={Secret}", $"--City={Pack.Value}", .. settings]), inside);
        city.Chief = await city.City.Client(Roles.Administrator);
        return city;
    }

    // the demonstration city without feeds of its own: what there is was made at the desk
    private static readonly Lazy<string> Pack = new(() =>
    {
        var folder = Directory.CreateTempSubdirectory("smartcity-desk-pack-").FullName;
        foreach (var file in Directory.GetFiles(Repository.Path("cities", "seoul"))) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    });

    public void Agree(Uri address) => _inside.Add(AllowList.Key(address.IdnHost, address.Port));

    /// <summary>A source that answers a text, agreed to.</summary>
    public StubSource Source(string type, string body)
    {
        var source = new StubSource { Answer = StubSource.Ok(type, body) };
        Agree(source.Address);
        return source;
    }

    /// <summary>Posts a form as it stands in a page, with some fields changed; follows nothing.</summary>
    public static async Task<HttpResponseMessage> Submit(HttpClient client, IDocument page, string button, params (string Name, string Value)[] changes)
    {
        var pressed = page.QuerySelectorAll("button").First(b => b.TextContent.Trim() == button);
        var form = pressed.Closest("form")!;
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var field in form.QuerySelectorAll("input[name], select[name], textarea[name]"))
        {
            var name = field.GetAttribute("name")!;
            var type = field.GetAttribute("type");
            if (type == "file" || type is "checkbox" or "radio" && !field.HasAttribute("checked")) continue;
            var value = field.LocalName switch
            {
                "select" => (field.QuerySelector("option[selected]") ?? field.QuerySelector("option"))?.GetAttribute("value") ?? "",
                "textarea" => field.TextContent,
                _ => field.GetAttribute("value") ?? "",
            };
            fields.Add(KeyValuePair.Create(name, value));
        }
        foreach (var (name, value) in changes)
        {
            fields.RemoveAll(f => f.Key == name);
            if (value.Length > 0 || name.Contains("Role", StringComparison.Ordinal)) fields.Add(KeyValuePair.Create(name, value));
        }
        var address = pressed.GetAttribute("formaction") ?? form.GetAttribute("action") ?? page.Url;
        if (form.GetAttribute("enctype") == "multipart/form-data")
        {
            using var parts = new MultipartFormDataContent();
            foreach (var field in fields) parts.Add(new StringContent(field.Value), field.Key);
            return await client.PostAsync(address, parts, Cancel);
        }
        return await client.PostAsync(address, new FormUrlEncodedContent(fields), Cancel);
    }

    /// <summary>The page behind an answer: itself, or where it leads to.</summary>
    public static async Task<(IDocument Page, string Address)> Follow(HttpClient client, HttpResponseMessage answer)
    {
        if (answer.StatusCode == HttpStatusCode.Found) return (await client.Open(answer.Headers.Location!.OriginalString), answer.Headers.Location.OriginalString);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await Browser.Read(answer), "");
    }

    /// <summary>Looks at an address at the desk; gives the work page.</summary>
    public async Task<(IDocument Page, string Address)> Look(string address, string preset = "")
    {
        var page = await Chief.Open("/en/feeds/desk");
        using var form = new MultipartFormDataContent { { new StringContent(page.Token()), "__RequestVerificationToken" }, { new StringContent(address), "Address" }, { new StringContent(preset), "Preset" } };
        using var answer = await Chief.PostAsync("/en/feeds/desk", form, Cancel);
        return await Follow(Chief, answer);
    }

    /// <summary>Imports a descriptor, saves it as a draft and approves it.</summary>
    public async Task<string> Live(string yaml, string note = "for the test")
    {
        using var imported = await Chief.Send("/en/feeds/desk", "Import", ("Yaml", yaml));
        var (work, _) = await Follow(Chief, imported);
        using var saved = await Submit(Chief, work, "Save as draft", ("Note", "first"));
        var (versions, address) = await Follow(Chief, saved);
        Assert.Contains("/versions", address, StringComparison.Ordinal);
        using var approved = await Submit(Chief, versions, "Approve, and go live", ("Note", note));
        Assert.Equal(HttpStatusCode.Found, approved.StatusCode);
        return address.Split('/')[3];
    }

    public async ValueTask DisposeAsync()
    {
        Chief.Dispose();
        await City.DisposeAsync();
    }

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}

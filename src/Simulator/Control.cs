using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SmartCity.Simulator;

/// <summary>The page, and the few addresses, from which a person or a script makes sources fail. Deaf to other sites.</summary>
internal sealed class Control(CitySimulator simulator, IReadOnlyList<Standing> standings, TimeProvider time, bool loopback)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        Encoder = Wire.Encoder,
        NumberHandling = JsonNumberHandling.AllowReadingFromString,
    };

    /// <param name="Source">Key of the source, or <c>*</c>.</param>
    /// <param name="Fault">Name of the fault.</param>
    /// <param name="Seconds">How long; until told otherwise when null.</param>
    /// <param name="Percent">Share of requests.</param>
    private sealed record Wish(string? Source, string? Fault, double? Seconds, int? Percent);

    /// <summary>Answers a request for <c>/</c> or below <c>/control</c>.</summary>
    public async Task Handle(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        response.Headers.XContentTypeOptions = "nosniff";
        if (Foreign(request))
        {
            await Say(context, StatusCodes.Status403Forbidden, "Requests from other sites are refused.");
            return;
        }
        switch (request.Method, request.Path.Value)
        {
            case ("GET" or "HEAD", "/"):
                await Send(context, "text/html; charset=utf-8", Page());
                break;
            case ("GET" or "HEAD", "/control/simulator.css"):
                await Send(context, "text/css; charset=utf-8", Style.Value);
                break;
            case ("GET" or "HEAD", "/control/sources"):
                await Send(context, "application/json; charset=utf-8", JsonSerializer.Serialize(Now(), Json));
                break;
            case ("POST", "/control/faults"):
                await SetFault(context);
                break;
            case ("POST", "/control/naming"):
                await SetNaming(context);
                break;
            default:
                await Say(context, StatusCodes.Status404NotFound, "There is nothing here.");
                break;
        }
    }

    // A page on another site must not break a demonstration: browsers say where a request comes from.
    private bool Foreign(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() == "cross-site") return true;
        // a name that was pointed at this machine to get around the same-origin rule
        if (loopback && !(request.Host.Host is "localhost" or "127.0.0.1" or "[::1]" || request.Host.Host == simulator.Address.Host)) return true;
        if (!HttpMethods.IsPost(request.Method)) return false;
        if (request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none")) return true;
        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0 && origin != $"{request.Scheme}://{request.Host}";
    }

    private async Task SetFault(HttpContext context)
    {
        var form = context.Request.HasFormContentType;
        if (await Read(context) is not { } wish) return;
        if (wish.Fault is null || wish.Fault.Any(char.IsDigit) && !Enum.GetNames<Fault>().Contains(wish.Fault, StringComparer.OrdinalIgnoreCase) || !Enum.TryParse<Fault>(wish.Fault, ignoreCase: true, out var fault))
        {
            await Say(context, StatusCodes.Status400BadRequest, $"fault must be one of {string.Join(", ", Enum.GetNames<Fault>())}.");
            return;
        }
        if (wish.Seconds is <= 0 or > 86_400 || wish.Percent is < 0 or > 100)
        {
            await Say(context, StatusCodes.Status400BadRequest, "seconds must be above 0 and at most 86400; percent must be 0 to 100.");
            return;
        }
        try
        {
            simulator.SetFault(wish.Source ?? "", fault, wish.Seconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null, wish.Percent ?? 100);
        }
        catch (ArgumentException)
        {
            await Say(context, StatusCodes.Status400BadRequest, $"source must be * or one of {string.Join(", ", simulator.SourceIds)}.");
            return;
        }
        await Done(context, form);
    }

    private async Task SetNaming(HttpContext context)
    {
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : null;
        var naming = form?["naming"].ToString();
        if (form is null || naming is not ("new" or "old") || !standings.Any(s => s.Source.Id == form["source"]))
        {
            await Say(context, StatusCodes.Status400BadRequest, "A form with source and naming, new or old, is needed.");
            return;
        }
        simulator.SetNaming(form["source"].ToString(), naming == "old");
        await Done(context, form: true);
    }

    private static async Task<Wish?> Read(HttpContext context)
    {
        try
        {
            if (!context.Request.HasFormContentType) return await JsonSerializer.DeserializeAsync<Wish>(context.Request.Body, Json, context.RequestAborted) ?? throw new JsonException();
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            double? Number(string name) => form[name].ToString() is { Length: > 0 } text ? double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) : null;
            return new(form["source"], form["fault"], Number("seconds"), (int?)Number("percent"));
        }
        catch (Exception wrong) when (wrong is JsonException or FormatException or InvalidDataException)
        {
            await Say(context, StatusCodes.Status400BadRequest, "The request cannot be understood: send source, fault, and perhaps seconds and percent.");
            return null;
        }
    }

    private async Task Done(HttpContext context, bool form)
    {
        if (!form)
        {
            await Send(context, "application/json; charset=utf-8", JsonSerializer.Serialize(Now(), Json));
            return;
        }
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = "/";
    }

    private IReadOnlyList<StandingNow> Now() => [.. standings.Select(s => s.Now(time.GetUtcNow()))];

    private static Task Say(HttpContext context, int status, string sentence)
    {
        context.Response.StatusCode = status;
        return Send(context, "text/plain; charset=utf-8", sentence + "\n");
    }

    private static async Task Send(HttpContext context, string contentType, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        context.Response.ContentType = contentType;
        context.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static readonly Lazy<string> Style = new(() =>
    {
        using var css = new StreamReader(typeof(Control).Assembly.GetManifestResourceStream("simulator.css")!);
        return css.ReadToEnd();
    });

    private string Page()
    {
        static string E(string text) => HtmlEncoder.Default.Encode(text);
        static string At(DateTimeOffset? at) => at is { } time
            ? $"<time datetime=\"{time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)}\">{time.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture)} UTC</time>"
            : "never";
        var faults = string.Concat(Enum.GetNames<Fault>().Select(f => $"<option>{f}</option>"));
        var rows = new StringBuilder();
        foreach (var source in Now())
        {
            var wrong = source.Fault == Fault.None ? "None"
                : source.Fault + (source.Percent < 100 ? string.Create(CultureInfo.InvariantCulture, $" ({source.Percent} %)") : "") + (source.Until is null ? ", until cleared" : ", until " + At(source.Until));
            var other = source.Naming == "new" ? "old" : "new";
            rows.Append(CultureInfo.InvariantCulture, $"""
                <tr{(source.Fault == Fault.None ? "" : " class=\"wrong\"")}>
                <th scope="row">{E(source.Id)}<span>{E(source.Title)}</span></th>
                <td>{string.Join("<br>", source.Paths.Select(p => $"<code>{E(p)}</code>"))}</td>
                <td class="number">{source.Requests}</td>
                <td>{At(source.Last)}</td>
                <td>{wrong}</td>
                <td><form method="post" action="/control/faults"><input type="hidden" name="source" value="{E(source.Id)}">
                <label>Fault <select name="fault">{faults}</select></label>
                <label>for <input name="seconds" type="number" min="1" max="86400" placeholder="until cleared"> s</label>
                <label>on <input name="percent" type="number" min="0" max="100" value="100"> %</label>
                <button>Set</button></form>
                <form method="post" action="/control/naming"><input type="hidden" name="source" value="{E(source.Id)}"><input type="hidden" name="naming" value="{other}">
                names: {source.Naming} <button>Use {other} names</button></form></td>
                </tr>

                """);
        }
        return $"""
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Simulated sources of {E(simulator.City)}</title>
            <link rel="stylesheet" href="/control/simulator.css"></head>
            <body>
            <h1>Simulated sources of {E(simulator.City)}</h1>
            <p class="notice">All data here is made up for demonstration.</p>
            <div class="all">
            <form method="post" action="/control/faults"><input type="hidden" name="source" value="*"><input type="hidden" name="fault" value="Refuse"><input type="hidden" name="seconds" value="60"><button>Stop all answers for 60 s</button></form>
            <form method="post" action="/control/faults"><input type="hidden" name="source" value="*"><input type="hidden" name="fault" value="None"><button>Heal everything</button></form>
            <a href="/">Look again</a>
            </div>
            <table>
            <caption>Sources</caption>
            <thead><tr><th scope="col">Source</th><th scope="col">Address</th><th scope="col">Requests</th><th scope="col">Last</th><th scope="col">Wrong with it</th><th scope="col">Change</th></tr></thead>
            <tbody>
            {rows}</tbody>
            </table>
            </body>
            </html>

            """;
    }
}

#pragma warning disable MA0036, CA1812, CA1052, SYSLIB0014, CA2000 // wrong on purpose: each type here breaks a rule, and a test sees to it that the rule finds it
namespace SmartCity.Tests.Architecture.Canaries.Surface
{
    public sealed class LeakyModule : IModule
    {
        public string Key => "leaky";
        public Text Title => Text.Same("leaky");
        public IEnumerable<Contribution> Contributions => [];
    }

    public sealed record Leak(string Text);

    /// <summary>Right: a seam for the city, and the noun that it speaks of.</summary>
    public interface ISpillSource
    {
        Task<IReadOnlyList<Spill>> Now();
    }

    public sealed record Spill(string Text);
}

namespace SmartCity.Tests.Architecture.Canaries.Open
{
    internal class LeftOpen;

    internal abstract class Grounded;

    internal sealed class Extends : Grounded;
}

namespace SmartCity.Tests.Architecture.Canaries.Names
{
    internal sealed class IncidentManager;

    internal sealed class StringUtil;

    /// <summary>Right: the ending is the framework's word.</summary>
    internal sealed class RightTagHelper : Microsoft.AspNetCore.Razor.TagHelpers.TagHelper;
}

namespace SmartCity.Tests.Architecture.Canaries.Bundles
{
    public static class TierWithLogic
    {
        private static readonly bool Rich = Environment.ProcessorCount > 1;
        public static IEnumerable<IModule> Modules => Rich ? [] : Poor();
        private static IModule[] Poor() => [];
    }

    public sealed class SecondType;
}

namespace SmartCity.Tests.Architecture.Canaries.Calls
{
    internal static class CallsAlone
    {
        public static object[] Ways(System.Net.Http.IHttpClientFactory factory) =>
        [
            new System.Net.Http.HttpClient(new System.Net.Http.SocketsHttpHandler()), new System.Net.Sockets.TcpClient(), new System.Net.Sockets.UdpClient(),
            new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp), System.Net.WebRequest.Create("http://good.kr"),
            new System.Net.Mail.SmtpClient(), new System.Net.WebSockets.ClientWebSocket(), new System.Net.NetworkInformation.Ping(), factory.CreateClient("any"),
            System.Xml.XmlReader.Create("http://good.kr/a.xml"),
        ];

        // in a lambda and in what an await makes of a method
        public static Func<Task<object>> Hidden => async () => { await System.Net.Dns.GetHostAddressesAsync("good.kr"); return System.Xml.Linq.XDocument.Load("http://good.kr/a.xml"); };

        /// <summary>Right: a client that somebody made is used, and text is read.</summary>
        public static async Task<object> Uses(System.Net.Http.HttpClient client) => System.Xml.XmlReader.Create(await client.GetStreamAsync("http://good.kr"));
    }
}
#pragma warning restore MA0036, CA1812, CA1052, SYSLIB0014, CA2000

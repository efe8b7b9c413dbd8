using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace SmartCity;

/// <summary>Makes a block of a page follow a topic: <c>&lt;section id="panorama" live="atmosphere.air" live-url="?handler=Panorama"&gt;</c>.
/// When the topic changes, the block is fetched from its own url and morphed in place. Without JavaScript it is simply
/// there. The only place in C# that knows how htmx and server-sent events are spelt.</summary>
[HtmlTargetElement(Attributes = "live")]
public sealed class LiveTagHelper : TagHelper
{
    /// <summary>Key under which the topics that a page follows are collected, for the one stream that the page opens.</summary>
    public const string TopicsOfPage = "smartcity.live.topics";

    /// <summary>Key of a request whose page shows the past: nothing in it follows anything.</summary>
    public const string StandsStill = "smartcity.live.stands-still";

    /// <summary>The topic.</summary>
    [HtmlAttributeName("live")]
    public string Topic { get; set; } = "";

    /// <summary>Address of the block alone, relative to the page.</summary>
    [HtmlAttributeName("live-url")]
    public string Url { get; set; } = "";

    /// <summary>The view.</summary>
    [ViewContext]
    [HtmlAttributeNotBound]
    public ViewContext? View { get; set; }

    /// <summary>The name under which a change of a topic arrives in the page.</summary>
    public static string EventOf(string topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return "changed-" + topic.Replace('.', '-');
    }

    /// <inheritdoc/>
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (View!.HttpContext.Items.ContainsKey(StandsStill)) return;
        output.Attributes.SetAttribute("hx-get", Url);
        output.Attributes.SetAttribute("hx-trigger", EventOf(Topic) + " from:#live");
        output.Attributes.SetAttribute("hx-swap", "outerMorph");
        var items = View.HttpContext.Items;
        if (items[TopicsOfPage] is not SortedSet<string> topics) items[TopicsOfPage] = topics = new(StringComparer.Ordinal);
        topics.Add(Topic);
    }
}

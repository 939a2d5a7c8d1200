//! Plots: draws lines over time onto a canvas. The only file that knows plotters.

use std::cell::Cell;
use std::convert::Infallible;
use std::ops::Range;

use js_sys::Array;
use plotters::coord::Shift;
use plotters::coord::ranged1d::{AsRangedCoord, ValueFormatter};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind,
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::ink::{Ink, Inks};

const FONT: &str = "system-ui, sans-serif";
const LABEL: f64 = 11.0;

/// What a plot shows.
#[derive(Debug, Clone)]
pub(crate) struct Plot {
    /// The window of time, in seconds.
    pub(crate) time: (f64, f64),
    pub(crate) scale: Scale,
    pub(crate) lines: Vec<Line>,
    /// Moments to mark, with the ink that says of what kind.
    pub(crate) marks: Vec<(f64, Ink)>,
    /// How a value is written at the axis.
    pub(crate) label: fn(f64) -> String,
}

/// The axis of values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Scale {
    /// From 0 to at least so much.
    Linear(f64),
    /// Powers of ten, at least from here to there.
    Log(f64, f64),
}

/// A line of a plot.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) ink: Ink,
    pub(crate) dash: Dash,
    pub(crate) points: Vec<(f64, f64)>,
}

/// How a line is broken, so that lines differ without colour too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dash {
    Solid,
    Dashed,
    Dotted,
}

impl Dash {
    fn pattern(self, scale: f64) -> Array {
        let lengths: &[f64] = match self {
            Dash::Solid => &[],
            Dash::Dashed => &[7.0, 4.0],
            Dash::Dotted => &[2.0, 3.0],
        };
        lengths
            .iter()
            .map(|l| JsValue::from_f64(l * scale))
            .collect()
    }
}

/// A canvas as plotters wants it. Plotters counts in whole pixels, so there are at least two a CSS pixel.
struct Sheet<'a> {
    context: &'a CanvasRenderingContext2d,
    size: (u32, u32),
    scale: f64,
    dash: &'a Cell<Dash>,
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl Sheet<'_> {
    fn trace(&self, path: impl IntoIterator<Item = BackendCoord>) {
        self.context.begin_path();
        for (x, y) in path {
            // To a new path, the first line is a move.
            self.context.line_to(f64::from(x) + 0.5, f64::from(y) + 0.5);
        }
    }

    fn font(&self, size: f64) {
        self.context.set_font(&format!("{size}px {FONT}"));
    }
}

fn css(color: BackendColor) -> String {
    let (r, g, b) = color.rgb;
    format!("rgba({r},{g},{b},{})", color.alpha)
}

impl DrawingBackend for Sheet<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        self.context.set_fill_style_str(&css(color));
        self.context.fill_rect(f64::from(x), f64::from(y), 1.0, 1.0);
        Ok(())
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        self.context.set_stroke_style_str(&css(style.color()));
        self.context.set_line_width(f64::from(style.stroke_width()));
        // A pattern is an array of numbers: it is never refused.
        let _ = self
            .context
            .set_line_dash(&self.dash.get().pattern(self.scale));
        self.trace(path);
        self.context.stroke();
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        self.context.set_fill_style_str(&css(style.color()));
        self.trace(path);
        self.context.fill();
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &T,
        (x, y): BackendCoord,
    ) -> Drawn {
        self.font(style.size());
        self.context.set_fill_style_str(&css(style.color()));
        self.context.set_text_align(match style.anchor().h_pos {
            HPos::Left => "left",
            HPos::Right => "right",
            HPos::Center => "center",
        });
        self.context.set_text_baseline(match style.anchor().v_pos {
            VPos::Top => "top",
            VPos::Center => "middle",
            VPos::Bottom => "bottom",
        });
        // Text that cannot be drawn leaves an axis without a label.
        let _ = self.context.fill_text(text, f64::from(x), f64::from(y));
        Ok(())
    }

    fn estimate_text_size<T: BackendTextStyle>(
        &self,
        text: &str,
        style: &T,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        self.font(style.size());
        let width = self.context.measure_text(text).map_or(0.0, |m| m.width());
        Ok((width.ceil() as u32, style.size() as u32))
    }
}

/// Draws a plot over the whole canvas; lines and letters are so many times as large as usual.
pub(crate) fn draw(canvas: &HtmlCanvasElement, plot: &Plot, inks: &Inks, bold: f64) {
    let Ok(Some(context)) = canvas.get_context("2d") else {
        return;
    };
    let Ok(context) = context.dyn_into::<CanvasRenderingContext2d>() else {
        return;
    };
    let ratio = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio());
    let scale = ratio.max(2.0);
    let pixels = |css: i32| (f64::from(css.max(0)) * scale).round() as u32;
    let size = (
        pixels(canvas.client_width()),
        pixels(canvas.client_height()),
    );
    if size.0 < 80 || size.1 < 60 {
        return;
    }
    if (canvas.width(), canvas.height()) != size {
        canvas.set_width(size.0);
        canvas.set_height(size.1);
    }
    context.clear_rect(0.0, 0.0, f64::from(size.0), f64::from(size.1));
    let scale = scale * bold;
    let dash = Cell::new(Dash::Solid);
    let root = Sheet {
        context: &context,
        size,
        scale,
        dash: &dash,
    }
    .into_drawing_area();
    let time = plot.time.0..plot.time.1;
    let values = plot
        .lines
        .iter()
        .flat_map(|line| line.points.iter())
        .map(|(_, v)| *v);
    let pen = Pen {
        plot,
        inks,
        scale,
        dash: &dash,
    };
    // The sheet cannot fail, so nothing is lost here.
    let _ = match plot.scale {
        Scale::Linear(most) => {
            let most = values.fold(most, f64::max) * 1.08;
            pen.draw(&root, time, 0.0..most)
        }
        Scale::Log(least, most) => {
            let (least, most) = values
                .filter(|v| *v > 0.0)
                .fold((least, most), |(low, high), v| (low.min(v), high.max(v)));
            let whole = |v: f64, up: bool| {
                10f64.powf(if up {
                    v.log10().ceil()
                } else {
                    v.log10().floor()
                })
            };
            pen.draw(
                &root,
                time,
                (whole(least, false)..whole(most, true) * 1.01).log_scale(),
            )
        }
    };
}

struct Pen<'a> {
    plot: &'a Plot,
    inks: &'a Inks,
    scale: f64,
    dash: &'a Cell<Dash>,
}

type Area<'a> = DrawingArea<Sheet<'a>, Shift>;
type Failed = DrawingAreaErrorKind<Infallible>;

impl Pen<'_> {
    fn ink(&self, ink: Ink) -> RGBColor {
        let (r, g, b) = self.inks.rgb(ink);
        RGBColor(r, g, b)
    }

    fn stroke(&self, ink: Ink, css: f64) -> ShapeStyle {
        Color::stroke_width(&self.ink(ink), self.px(css).max(1))
    }

    fn down(&self, css: f64) -> i32 {
        (css * self.scale).round() as i32
    }

    fn px(&self, css: f64) -> u32 {
        (css * self.scale).round() as u32
    }

    fn draw<Y>(&self, root: &Area, time: Range<f64>, values: Y) -> Result<(), Failed>
    where
        Y: AsRangedCoord<Value = f64>,
        Y::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
    {
        let (from, to) = (time.start, time.end);
        let dim = self.ink(Ink::Dim);
        let text = TextStyle::from((FONT, LABEL * self.scale).into_font()).color(&dim);
        let mut chart = ChartBuilder::on(root)
            .margin_top(self.px(6.0))
            .margin_right(self.px(18.0))
            .x_label_area_size(self.px(18.0))
            .y_label_area_size(self.px(50.0))
            .build_cartesian_2d(time, values)?;
        let grid = self.stroke(Ink::Grid, 0.5);
        chart
            .configure_mesh()
            .disable_x_mesh()
            .max_light_lines(0)
            .bold_line_style(grid)
            .axis_style(grid)
            .set_all_tick_mark_size(self.px(3.0))
            .x_labels(5)
            .y_labels(5)
            .x_label_formatter(&|secs| format!("{secs:.0} s"))
            .y_label_formatter(&|value| (self.plot.label)(*value))
            .x_label_style(text.clone())
            .y_label_style(text)
            .draw()?;
        self.dash.set(Dash::Dashed);
        for (at, ink) in self
            .plot
            .marks
            .iter()
            .filter(|(at, _)| (from..=to).contains(at))
        {
            let pixels = chart.plotting_area().get_pixel_range();
            let (left, right) = (f64::from(pixels.0.start), f64::from(pixels.0.end));
            let x = (left + (at - from) / (to - from) * (right - left)) as i32;
            let style = self.stroke(*ink, 1.0);
            root.draw(&PathElement::new(
                vec![(x, pixels.1.start), (x, pixels.1.end)],
                style,
            ))?;
            let (size, top) = (self.down(4.0), pixels.1.start - self.down(5.0));
            let sign = vec![(x - size, top), (x + size, top), (x, top + size * 2)];
            root.draw(&Polygon::new(sign, self.ink(*ink).filled()))?;
        }
        for line in &self.plot.lines {
            self.dash.set(line.dash);
            let shown = line
                .points
                .iter()
                .copied()
                .filter(|(at, v)| *at >= from && v.is_finite());
            let style = self.stroke(line.ink, 2.0);
            chart.draw_series(LineSeries::new(shown, style))?;
        }
        self.dash.set(Dash::Solid);
        Ok(())
    }
}
